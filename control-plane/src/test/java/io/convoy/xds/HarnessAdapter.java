package io.convoy.xds;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import io.convoy.snapshot.Snapshot;
import io.convoy.snapshot.Snapshots;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.NodeGroup.Role;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Lets the conformance harness {@code ii/xds-test-harness} set what a real server serves ({@code
 * ./convoy conformance} runs it). The harness chooses versions, so they are injected here: into the
 * resources, and as a response's version the greatest of its resources'.
 *
 * <p>The harness's messages are read by field number, so that nothing of it needs to be here. State
 * to set: 1 node, 2 version, 3 resources, each an {@code Any}. One resource: 1 node, 2 type URL, 3
 * name, 4 version. It looks at no field of an answer.
 */
final class HarnessAdapter {
  /** The harness's node says nothing but its id. */
  private static final NodeGroup GROUP = new NodeGroup(Role.GATEWAY, "gateway", 0);

  private static final Versions GREATEST =
      (resources, removed) ->
          resources.stream().map(Resource::version).max(String::compareTo).orElse("0");

  private final Snapshots snapshots = new Snapshots(group -> {});
  private final Map<ResourceKey, Resource> resources = new TreeMap<>();
  private int updates;

  /** Starts as many pairs as the argument says; prints a line with the ports of each. */
  public static void main(String[] args) throws Exception {
    for (int i = 0; i < Integer.parseInt(args[0]); i++) {
      var adapter = new HarnessAdapter();
      int target = adapter.serveTarget().port();
      System.out.println(adapter.serve().getPort() + " " + target);
    }
    Thread.currentThread().join();
  }

  XdsServer serveTarget() throws IOException {
    var executor = Executors.newFixedThreadPool(2);
    var alarms = Executors.newSingleThreadScheduledExecutor();
    return XdsServer.start(
        builder(),
        XdsSettings.plain("", 0),
        snapshots,
        new SimpleMeterRegistry(),
        (group, key, version, message, documents) -> {},
        executor,
        Timer.of(alarms),
        GREATEST,
        List.of(executor, alarms));
  }

  Server serve() throws IOException {
    var service =
        ServerServiceDefinition.builder("adapter.Adapter")
            .addMethod(method("SetState"), ServerCalls.asyncUnaryCall(handler(this::setState)))
            .addMethod(method("ClearState"), ServerCalls.asyncUnaryCall(handler(this::clearState)))
            .addMethod(method("AddResource"), ServerCalls.asyncUnaryCall(handler(this::put)))
            .addMethod(method("UpdateResource"), ServerCalls.asyncUnaryCall(handler(this::put)))
            .addMethod(method("RemoveResource"), ServerCalls.asyncUnaryCall(handler(this::remove)))
            .build();
    return builder().addService(service).build().start();
  }

  private void setState(Empty request) {
    resources.clear();
    String version = text(request, 2);
    for (ByteString bytes : all(request, 3)) {
      Any body = any(bytes);
      var key = new ResourceKey(Make.type(body.getTypeUrl()), Make.name(body));
      resources.put(key, resource(key, body, version));
    }
  }

  private void clearState(Empty request) {
    resources.clear();
  }

  private void put(Empty request) {
    ResourceKey key = key(request);
    Any body = Make.resource(key, ++updates).body();
    resources.put(key, resource(key, body, text(request, 4)));
  }

  private void remove(Empty request) {
    resources.remove(key(request));
  }

  private static Resource resource(ResourceKey key, Any body, String version) {
    return new Resource(key, body, version, ImmutableSet.of(), ImmutableSet.of());
  }

  private static ResourceKey key(Empty request) {
    return new ResourceKey(Make.type(text(request, 2)), text(request, 3));
  }

  private static String text(Empty request, int field) {
    List<ByteString> values = all(request, field);
    return values.isEmpty() ? "" : values.getLast().toStringUtf8();
  }

  private static List<ByteString> all(Empty request, int field) {
    return request.getUnknownFields().getField(field).getLengthDelimitedList();
  }

  private static Any any(ByteString bytes) {
    try {
      return Any.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw Status.INVALID_ARGUMENT.withCause(e).asRuntimeException();
    }
  }

  private ServerCalls.UnaryMethod<Empty, Empty> handler(Consumer<Empty> change) {
    return (request, observer) -> {
      synchronized (this) {
        change.accept(request);
        snapshots.publish(Snapshot.of(GROUP, resources.values()));
      }
      observer.onNext(Empty.getDefaultInstance());
      observer.onCompleted();
    };
  }

  private static MethodDescriptor<Empty, Empty> method(String name) {
    var message = ProtoUtils.marshaller(Empty.getDefaultInstance());
    return MethodDescriptor.<Empty, Empty>newBuilder(message, message)
        .setType(MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName("adapter.Adapter", name))
        .build();
  }

  private static ServerBuilder<?> builder() {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        InsecureServerCredentials.create());
  }
}
