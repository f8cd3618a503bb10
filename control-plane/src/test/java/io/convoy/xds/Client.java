package io.convoy.xds;

import com.google.rpc.Status;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An aggregated stream driven by hand: it answers nothing by itself. Single-threaded on a direct
 * transport.
 */
final class Client {

  /** A response of either protocol; {@code resources} maps names to versions of content. */
  record Reply(
      ResourceType type,
      String version,
      String nonce,
      SortedMap<String, String> resources,
      SortedSet<String> removed) {}

  final Protocol protocol;
  private final Node node;
  private final Queue<Reply> replies = new ArrayDeque<>();
  private final Map<ResourceType, List<String>> names = new EnumMap<>(ResourceType.class);
  private final Map<ResourceType, String> versions = new EnumMap<>(ResourceType.class);
  private final Map<ResourceType, String> nonces = new EnumMap<>(ResourceType.class);
  private final StreamObserver<DiscoveryRequest> sotw;
  private final StreamObserver<DeltaDiscoveryRequest> delta;
  private boolean introduced;
  private @Nullable Throwable error;
  private boolean completed;

  Client(ManagedChannel channel, Protocol protocol, String id) {
    this(channel, protocol, Node.newBuilder().setId(id).setCluster("gateway").build());
  }

  Client(ManagedChannel channel, Protocol protocol, Node node) {
    this.protocol = protocol;
    this.node = node;
    var stub = AggregatedDiscoveryServiceGrpc.newStub(channel);
    sotw =
        protocol == Protocol.SOTW
            ? stub.streamAggregatedResources(new Receiver<DiscoveryResponse>(this::reply))
            : new Nobody<>();
    delta =
        protocol == Protocol.DELTA
            ? stub.deltaAggregatedResources(new Receiver<DeltaDiscoveryResponse>(this::reply))
            : new Nobody<>();
  }

  static Client sotw(World world) {
    return new Client(world.channel, Protocol.SOTW, "sotw");
  }

  static Client delta(World world) {
    return new Client(world.channel, Protocol.DELTA, "delta");
  }

  static Client of(World world, Protocol protocol) {
    return protocol == Protocol.SOTW ? sotw(world) : delta(world);
  }

  // Requests.

  /** State of the world: asks for just these. Incremental: asks for these too. */
  Client ask(ResourceType type, String... requested) {
    names.put(type, List.of(requested));
    if (protocol == Protocol.DELTA) {
      send(deltaRequest(type).addAllResourceNamesSubscribe(List.of(requested)));
    } else {
      send(sotwRequest(type, nonces.getOrDefault(type, "")));
    }
    return this;
  }

  Client leave(ResourceType type, String... unwanted) {
    send(deltaRequest(type).addAllResourceNamesUnsubscribe(List.of(unwanted)));
    return this;
  }

  /** The first incremental request of a client that comes back. */
  Client resume(ResourceType type, Map<String, String> held, String... requested) {
    send(
        deltaRequest(type)
            .putAllInitialResourceVersions(held)
            .addAllResourceNamesSubscribe(List.of(requested)));
    return this;
  }

  Client ack(Reply reply) {
    versions.put(reply.type(), reply.version());
    if (protocol == Protocol.DELTA) {
      send(deltaRequest(reply.type()).setResponseNonce(reply.nonce()));
    } else {
      send(sotwRequest(reply.type(), reply.nonce()));
    }
    return this;
  }

  Client nack(Reply reply, String message) {
    var status = Status.newBuilder().setCode(13).setMessage(message);
    if (protocol == Protocol.DELTA) {
      send(deltaRequest(reply.type()).setResponseNonce(reply.nonce()).setErrorDetail(status));
    } else {
      send(sotwRequest(reply.type(), reply.nonce()).setErrorDetail(status));
    }
    return this;
  }

  DeltaDiscoveryRequest.Builder deltaRequest(ResourceType type) {
    return DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
  }

  DiscoveryRequest.Builder sotwRequest(ResourceType type, String nonce) {
    return DiscoveryRequest.newBuilder()
        .setTypeUrl(type.typeUrl())
        .setVersionInfo(versions.getOrDefault(type, ""))
        .addAllResourceNames(names.getOrDefault(type, List.of()))
        .setResponseNonce(nonce);
  }

  void send(DeltaDiscoveryRequest.Builder request) {
    delta.onNext((introduced ? request : request.setNode(node)).build());
    introduced = true;
  }

  void send(DiscoveryRequest.Builder request) {
    sotw.onNext((introduced ? request : request.setNode(node)).build());
    introduced = true;
  }

  void end() {
    (protocol == Protocol.DELTA ? delta : sotw).onCompleted();
  }

  void cancel() {
    (protocol == Protocol.DELTA ? delta : sotw).onError(new RuntimeException("cancelled"));
  }

  // Replies.

  /** The next response; fails when there is none. */
  Reply take() {
    Reply reply = replies.poll();
    if (reply == null) {
      throw new AssertionError("no response" + (error == null ? "" : ": " + error));
    }
    return reply;
  }

  /** Takes the next response, which must be of the type, and acknowledges it. */
  Reply accept(ResourceType type) {
    Reply reply = take();
    if (reply.type() != type) {
      throw new AssertionError("expected " + type + ", got " + reply);
    }
    ack(reply);
    return reply;
  }

  boolean quiet() {
    return replies.isEmpty();
  }

  List<Reply> replies() {
    return List.copyOf(replies);
  }

  @Nullable Throwable error() {
    return error;
  }

  boolean completed() {
    return completed;
  }

  private void reply(DiscoveryResponse response) {
    var resources = new TreeMap<String, String>();
    response.getResourcesList().forEach(body -> resources.put(Make.name(body), Make.version(body)));
    add(
        new Reply(
            Make.type(response.getTypeUrl()),
            response.getVersionInfo(),
            response.getNonce(),
            resources,
            new TreeSet<>()));
  }

  private void reply(DeltaDiscoveryResponse response) {
    var resources = new TreeMap<String, String>();
    response
        .getResourcesList()
        .forEach(resource -> {
          if (!Make.name(resource.getResource()).equals(resource.getName())
              || !Make.version(resource.getResource()).equals(resource.getVersion())) {
            throw new AssertionError("the wrapper and the resource differ: " + resource);
          }
          resources.put(resource.getName(), resource.getVersion());
        });
    add(
        new Reply(
            Make.type(response.getTypeUrl()),
            response.getSystemVersionInfo(),
            response.getNonce(),
            resources,
            new TreeSet<>(response.getRemovedResourcesList())));
  }

  private void add(Reply reply) {
    nonces.put(reply.type(), reply.nonce());
    replies.add(reply);
  }

  private final class Receiver<T> implements StreamObserver<T> {
    private final java.util.function.Consumer<T> next;

    Receiver(java.util.function.Consumer<T> next) {
      this.next = next;
    }

    @Override
    public void onNext(T value) {
      next.accept(value);
    }

    @Override
    public void onError(Throwable t) {
      error = t;
    }

    @Override
    public void onCompleted() {
      completed = true;
    }
  }

  private static final class Nobody<T> implements StreamObserver<T> {
    @Override
    public void onNext(T value) {
      throw new IllegalStateException("the client speaks the other protocol");
    }

    @Override
    public void onError(Throwable t) {}

    @Override
    public void onCompleted() {}
  }
}
