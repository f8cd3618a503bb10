package io.convoy.xds;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Message;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC services: the aggregated one and one for each type of resource, all the same code. The
 * polling {@code Fetch…} methods are not served.
 */
final class DiscoveryServices {
  private static final String ADS = "envoy.service.discovery.v3.AggregatedDiscoveryService";

  private final Fleet fleet;
  private final Admission admission;
  private final Gatekeeper gatekeeper;

  DiscoveryServices(Fleet fleet, Admission admission, Gatekeeper gatekeeper) {
    this.fleet = fleet;
    this.admission = admission;
    this.gatekeeper = gatekeeper;
  }

  ImmutableList<ServerServiceDefinition> definitions() {
    var all = ImmutableList.<ServerServiceDefinition>builder();
    all.add(service(ADS, "AggregatedResources", null));
    for (ResourceType type : ResourceType.values()) {
      all.add(
          switch (type) {
            case CLUSTERS -> service("cluster", "Cluster", "Clusters", type);
            case SECRETS -> service("secret", "Secret", "Secrets", type);
            case ENDPOINTS -> service("endpoint", "Endpoint", "Endpoints", type);
            case EXTENSIONS -> service("extension", "ExtensionConfig", "ExtensionConfigs", type);
            case LISTENERS -> service("listener", "Listener", "Listeners", type);
            case ROUTES -> service("route", "Route", "Routes", type);
          });
    }
    return all.build();
  }

  private ServerServiceDefinition service(
      String folder, String kind, String method, ResourceType type) {
    return service("envoy.service." + folder + ".v3." + kind + "DiscoveryService", method, type);
  }

  private ServerServiceDefinition service(String name, String method, @Nullable ResourceType only) {
    return ServerServiceDefinition.builder(name)
        .addMethod(
            method(name, "Stream" + method, DiscoveryRequest.getDefaultInstance()),
            this.<DiscoveryRequest>handler(
                Protocol.SOTW, only, DiscoveryRequest::getNode, Stream::request))
        .addMethod(
            method(name, "Delta" + method, DeltaDiscoveryRequest.getDefaultInstance()),
            this.<DeltaDiscoveryRequest>handler(
                Protocol.DELTA, only, DeltaDiscoveryRequest::getNode, Stream::request))
        .build();
  }

  private static <T extends Message> MethodDescriptor<T, Response> method(
      String service, String name, T prototype) {
    return MethodDescriptor.<T, Response>newBuilder()
        .setType(MethodType.BIDI_STREAMING)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
        .setRequestMarshaller(ProtoUtils.marshaller(prototype))
        .setResponseMarshaller(Response.MARSHALLER)
        .build();
  }

  private <T> ServerCallHandler<T, Response> handler(
      Protocol protocol,
      @Nullable ResourceType only,
      Function<T, Node> node,
      BiConsumer<Stream, T> request) {
    return (call, headers) -> {
      Status refusal = admission.enter();
      if (!refusal.isOk()) {
        call.close(refusal, new Metadata());
        return new ServerCall.Listener<>() {};
      }
      var client = new CallClient(call);
      var stream = new Stream(client, protocol, only, fleet);
      call.sendHeaders(new Metadata());
      call.request(1);
      return new Calls<>(call, stream, gatekeeper.caller(call), node, request);
    };
  }

  /** A call as a stream's client. Confined to the stream's lock. */
  private static final class CallClient implements Stream.Client {
    private final ServerCall<?, Response> call;

    CallClient(ServerCall<?, Response> call) {
      this.call = call;
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void send(Response response) {
      call.sendMessage(response);
    }

    @Override
    public void close(Status status) {
      call.close(status, new Metadata());
    }
  }

  /** A call's events as a stream's: one request is read after the other. */
  private final class Calls<T> extends ServerCall.Listener<T> {
    private final ServerCall<T, Response> call;
    private final Stream stream;
    private final Gatekeeper.Caller caller;
    private final Function<T, Node> node;
    private final BiConsumer<Stream, T> request;
    private boolean left;

    Calls(
        ServerCall<T, Response> call,
        Stream stream,
        Gatekeeper.Caller caller,
        Function<T, Node> node,
        BiConsumer<Stream, T> request) {
      this.call = call;
      this.stream = stream;
      this.caller = caller;
      this.node = node;
      this.request = request;
    }

    @Override
    public void onMessage(T message) {
      if (left) {
        return;
      }
      try {
        Status permitted = caller.permits(node.apply(message));
        if (permitted.isOk()) {
          request.accept(stream, message);
          call.request(1);
        } else {
          refuse(permitted);
        }
      } catch (IllegalArgumentException e) {
        fleet.metrics().refused("node");
        refuse(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
      }
    }

    private void refuse(Status status) {
      leave();
      call.close(status, new Metadata());
    }

    @Override
    public void onReady() {
      stream.ready();
    }

    @Override
    public void onHalfClose() {
      if (!left) {
        leave();
        call.close(Status.OK, new Metadata());
      }
    }

    @Override
    public void onCancel() {
      leave();
    }

    @Override
    public void onComplete() {
      leave();
    }

    private void leave() {
      if (!left) {
        left = true;
        stream.end();
        admission.exit();
      }
    }
  }
}
