package io.convoy.bench.headline;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.convoy.bench.fleet.Protocol;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A simulated Envoy with prepared slots: it asks for clusters, their endpoints, listeners, routes
 * and every slot that a listener prepares, takes everything over and knows which write of each
 * document it holds. Guarded by itself.
 */
final class Follower {
  private final ManagedChannel channel;
  private final Protocol protocol;
  private final Node node;
  private final Staleness staleness;
  private final int[] writes;
  private final Map<String, Integer> documentOfSlot = new HashMap<>();
  private final Map<ResourceType, Set<String>> names = new EnumMap<>(ResourceType.class);
  private final Map<ResourceType, Map<String, String>> versions = new EnumMap<>(ResourceType.class);
  private boolean wantsMore;
  private @Nullable Stream stream;
  private long extensionResponses;
  private long bytes;
  private String ended = "";

  Follower(
      ManagedChannel channel, Protocol protocol, int number, Corpus corpus, Staleness staleness) {
    this.channel = channel;
    this.protocol = protocol;
    this.node = Node.newBuilder().setId("follower-" + number).setCluster("gateway").build();
    this.staleness = staleness;
    this.writes = new int[corpus.documents()];
  }

  /** Opens a stream; after {@link #cut}, with what it holds. */
  synchronized void connect() {
    stream = new Stream();
    wantsMore = true; // what the stream before had yet to ask for
    for (ResourceType type : ResourceType.values()) {
      if (type == ResourceType.CLUSTERS || versions.containsKey(type)) {
        Set<String> wanted = names.getOrDefault(type, Set.of());
        stream.ask(type, wanted, versions.getOrDefault(type, Map.of()));
      }
    }
  }

  /** Loses its stream, as when the control plane goes away. */
  synchronized void cut() {
    Stream present = stream;
    stream = null;
    if (present != null) {
      present.cancel();
    }
  }

  /** Does without some slots for a moment, and asks for them again. */
  synchronized void leaveSome() {
    if (stream != null) {
      stream.leaveSome();
    }
  }

  /** The write of each document that it holds; 0 for none. */
  synchronized int[] writes() {
    return Arrays.copyOf(writes, writes.length);
  }

  synchronized long extensionResponses() {
    return extensionResponses;
  }

  Protocol protocol() {
    return protocol;
  }

  /** Of all responses, as protobuf messages. */
  synchronized long bytes() {
    return bytes;
  }

  /** Why its stream ended by itself; empty when it did not. */
  synchronized String ended() {
    return ended;
  }

  private void take(ResourceType type, ByteString body, String version) {
    try {
      String name = name(body);
      switch (type) {
        case CLUSTERS -> {
          Cluster cluster = Cluster.parseFrom(body);
          String service = cluster.getEdsClusterConfig().getServiceName();
          if (cluster.getType() == Cluster.DiscoveryType.EDS) {
            want(ResourceType.ENDPOINTS, service.isEmpty() ? cluster.getName() : service);
          }
        }
        case LISTENERS -> {
          var named = Slots.of(Listener.parseFrom(body));
          named.routes().forEach(route -> want(ResourceType.ROUTES, route));
          named.slots().forEach(slot -> want(ResourceType.EXTENSIONS, slot));
        }
        case EXTENSIONS -> Corpus.mark(body).ifPresent(mark -> holds(name, mark));
        case ENDPOINTS, ROUTES, SECRETS -> {}
      }
      versions.computeIfAbsent(type, key -> new HashMap<>()).put(name, version);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private void holds(String slot, Corpus.Mark mark) {
    Integer before = documentOfSlot.put(slot, mark.document());
    if (before != null && before != mark.document()) {
      writes[before] = 0;
    }
    staleness.seen(mark, writes[mark.document()], System.nanoTime());
    writes[mark.document()] = mark.write();
  }

  private void drop(ResourceType type, String name) {
    versions.computeIfAbsent(type, key -> new HashMap<>()).remove(name);
    Integer document = type == ResourceType.EXTENSIONS ? documentOfSlot.remove(name) : null;
    if (document != null) {
      writes[document] = 0;
    }
  }

  private void want(ResourceType type, String name) {
    wantsMore |= names.computeIfAbsent(type, key -> new TreeSet<>()).add(name);
  }

  /** Field 1 of every resource. */
  private static String name(ByteString body) {
    try {
      CodedInputStream input = body.newCodedInput();
      return input.readTag() == 10 ? input.readString() : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ResourceType type(String url) {
    return Arrays.stream(ResourceType.values())
        .filter(type -> type.typeUrl().equals(url))
        .findFirst()
        .orElseThrow();
  }

  /** One stream; what a former one still says counts nowhere. */
  private final class Stream {
    private final Map<ResourceType, Set<String>> asked = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, String> nonces = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, String> acked = new EnumMap<>(ResourceType.class);
    private final @Nullable StreamObserver<DiscoveryRequest> sotw;
    private final @Nullable StreamObserver<DeltaDiscoveryRequest> delta;
    private boolean introduced;

    Stream() {
      var stub = AggregatedDiscoveryServiceGrpc.newStub(channel);
      sotw =
          protocol == Protocol.sotw
              ? stub.streamAggregatedResources(new Receiver<DiscoveryResponse>(this::sotw))
              : null;
      delta =
          protocol == Protocol.delta
              ? stub.deltaAggregatedResources(new Receiver<DeltaDiscoveryResponse>(this::delta))
              : null;
    }

    void ask(ResourceType type, Collection<String> wanted, Map<String, String> held) {
      asked.put(type, new TreeSet<>(wanted));
      if (delta != null) {
        send(delta(type).addAllResourceNamesSubscribe(wanted).putAllInitialResourceVersions(held));
      } else {
        acknowledge(type);
      }
    }

    private DeltaDiscoveryRequest.Builder delta(ResourceType type) {
      return DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    private void send(DeltaDiscoveryRequest.Builder request) {
      java.util.Objects.requireNonNull(delta)
          .onNext((introduced ? request : request.setNode(node)).build());
      introduced = true;
    }

    private void acknowledge(ResourceType type) {
      var request =
          DiscoveryRequest.newBuilder()
              .setTypeUrl(type.typeUrl())
              .setVersionInfo(acked.getOrDefault(type, ""))
              .setResponseNonce(nonces.getOrDefault(type, ""))
              .addAllResourceNames(asked.getOrDefault(type, Set.of()));
      java.util.Objects.requireNonNull(sotw)
          .onNext((introduced ? request : request.setNode(node)).build());
      introduced = true;
    }

    private void sotw(DiscoveryResponse response) {
      ResourceType type = type(response.getTypeUrl());
      count(type, response.getSerializedSize());
      for (Any any : response.getResourcesList()) {
        take(type, any.getValue(), response.getVersionInfo());
      }
      nonces.put(type, response.getNonce());
      acked.put(type, response.getVersionInfo());
      acknowledge(type);
      askForMore();
    }

    private void delta(DeltaDiscoveryResponse response) {
      ResourceType type = type(response.getTypeUrl());
      count(type, response.getSerializedSize());
      for (Resource resource : response.getResourcesList()) {
        take(type, resource.getResource().getValue(), resource.getVersion());
      }
      response.getRemovedResourcesList().forEach(name -> drop(type, name));
      send(delta(type).setResponseNonce(response.getNonce()));
      askForMore();
    }

    private void count(ResourceType type, int size) {
      bytes += size;
      extensionResponses += type == ResourceType.EXTENSIONS ? 1 : 0;
    }

    private void askForMore() {
      if (wantsMore) {
        wantsMore = false;
        askForNames();
      }
      if (!asked.containsKey(ResourceType.LISTENERS)) {
        ask(ResourceType.LISTENERS, List.of(), Map.of());
      }
    }

    private void askForNames() {
      names.forEach((type, wanted) -> {
        Set<String> fresh = new TreeSet<>(wanted);
        fresh.removeAll(asked.getOrDefault(type, Set.of()));
        if (!fresh.isEmpty()) {
          ask(type, protocol == Protocol.sotw ? wanted : fresh, Map.of());
          asked.put(type, new TreeSet<>(wanted));
        }
      });
    }

    void leaveSome() {
      Set<String> all = asked.getOrDefault(ResourceType.EXTENSIONS, Set.of());
      Set<String> some = new TreeSet<>();
      all.stream().filter(name -> name.endsWith("7")).forEach(some::add);
      if (some.isEmpty()) {
        return;
      }
      if (delta != null) {
        send(delta(ResourceType.EXTENSIONS).addAllResourceNamesUnsubscribe(some));
        send(delta(ResourceType.EXTENSIONS).addAllResourceNamesSubscribe(some));
      } else {
        Set<String> others = new TreeSet<>(all);
        others.removeAll(some);
        asked.put(ResourceType.EXTENSIONS, others);
        acknowledge(ResourceType.EXTENSIONS);
        asked.put(ResourceType.EXTENSIONS, all);
        acknowledge(ResourceType.EXTENSIONS);
      }
    }

    void cancel() {
      (sotw == null ? java.util.Objects.requireNonNull(delta) : sotw)
          .onError(io.grpc.Status.CANCELLED.asRuntimeException());
    }

    private final class Receiver<T> implements StreamObserver<T> {
      private final java.util.function.Consumer<T> next;

      Receiver(java.util.function.Consumer<T> next) {
        this.next = next;
      }

      @Override
      public void onNext(T value) {
        synchronized (Follower.this) {
          if (stream == Stream.this) {
            next.accept(value);
          }
        }
      }

      @Override
      public void onError(Throwable t) {
        over(t.toString());
      }

      @Override
      public void onCompleted() {
        over("completed");
      }

      private void over(String words) {
        synchronized (Follower.this) {
          if (stream == Stream.this) {
            ended = node.getId() + ": " + words;
          }
        }
      }
    }
  }
}
