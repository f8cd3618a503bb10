package io.convoy.bench.stage;

import com.google.protobuf.InvalidProtocolBufferException;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One incremental stream that follows load assignments and keeps the newest of each. Thread-safe.
 */
public final class EndpointWatch implements AutoCloseable {
  private final ManagedChannel channel;
  private final Map<String, Seen> newest = new HashMap<>();
  private @Nullable StreamObserver<DeltaDiscoveryRequest> requests;

  private record Seen(ClusterLoadAssignment assignment, long at) {}

  /** Asks for the load assignments of these clusters, as a gateway. */
  public EndpointWatch(int xdsPort, List<String> clusters) {
    this(
        xdsPort,
        Node.newBuilder().setId("bench-watch").setCluster("gateway").build(),
        clusters,
        false);
  }

  /**
   * Asks for the load assignments of these clusters.
   *
   * @param withClusters whether it asks for all clusters before, as Envoy does
   */
  public EndpointWatch(int xdsPort, Node node, List<String> clusters, boolean withClusters) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", xdsPort).usePlaintext().build();
    synchronized (this) {
      requests =
          AggregatedDiscoveryServiceGrpc.newStub(channel)
              .withMaxInboundMessageSize(Integer.MAX_VALUE)
              .deltaAggregatedResources(new Responses());
      if (withClusters) {
        requests.onNext(
            DeltaDiscoveryRequest.newBuilder()
                .setNode(node)
                .setTypeUrl(ResourceType.CLUSTERS.typeUrl())
                .build());
      }
      requests.onNext(
          DeltaDiscoveryRequest.newBuilder()
              .setNode(node)
              .setTypeUrl(ResourceType.ENDPOINTS.typeUrl())
              .addAllResourceNamesSubscribe(clusters)
              .build());
    }
  }

  private final class Responses implements StreamObserver<DeltaDiscoveryResponse> {
    @Override
    public void onNext(DeltaDiscoveryResponse response) {
      take(response);
    }

    @Override
    public void onError(Throwable error) {
      // What waits reaches its limit.
    }

    @Override
    public void onCompleted() {}
  }

  private synchronized void take(DeltaDiscoveryResponse response) {
    long now = System.nanoTime();
    try {
      List<Resource> resources =
          response.getTypeUrl().equals(ResourceType.ENDPOINTS.typeUrl())
              ? response.getResourcesList()
              : List.of();
      for (Resource resource : resources) {
        var assignment = resource.getResource().unpack(ClusterLoadAssignment.class);
        newest.put(resource.getName(), new Seen(assignment, now));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    if (requests != null) {
      requests.onNext(
          DeltaDiscoveryRequest.newBuilder()
              .setTypeUrl(response.getTypeUrl())
              .setResponseNonce(response.getNonce())
              .build());
    }
    notifyAll();
  }

  /** How many clusters' assignments are known. */
  public synchronized int size() {
    return newest.size();
  }

  /**
   * Waits until a cluster's assignment is as it should be; when it came, by {@link
   * System#nanoTime}, or empty after the limit.
   */
  public synchronized OptionalLong await(
      String cluster, Predicate<ClusterLoadAssignment> wanted, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Seen seen = newest.get(cluster);
      if (seen != null && wanted.test(seen.assignment())) {
        return OptionalLong.of(seen.at());
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return OptionalLong.empty();
      }
      wait(left);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
