package io.convoy.translation;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceResolver;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.clusters.common.dns.v3.DnsLookupFamily;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.Optional;

/** The cluster of a plan. */
final class Clusters {
  /** Envoy's best practices for edge proxies. */
  private static final int BUFFER_LIMIT = 32 * 1024;

  private Clusters() {}

  /**
   * What a cluster is made of.
   *
   * @param dns the endpoints where Envoy has to resolve their names itself; absent, they come by
   *     EDS
   */
  record Input(ClusterPlan plan, Optional<ClusterLoadAssignment> dns) {}

  static Cluster of(Input input) {
    ClusterPlan plan = input.plan();
    var cluster =
        Cluster.newBuilder()
            .setName(plan.name())
            .setConnectTimeout(RouteActions.duration(plan.connectTimeout()))
            .setPerConnectionBufferLimitBytes(UInt32Value.of(BUFFER_LIMIT))
            // 0 said in so many words: absent stands for 50 %. Without it Envoy would send to
            // critical instances as soon as half of all are critical. Zone-aware routing needs
            // nothing here: it begins when an Envoy is told its own zone and cluster.
            .setCommonLbConfig(
                Cluster.CommonLbConfig.newBuilder()
                    .setHealthyPanicThreshold(Percent.newBuilder().setValue(0)));
    input.dns().ifPresentOrElse(endpoints -> dns(cluster, endpoints), () -> eds(cluster));
    protocol(cluster, plan.protocol());
    plan.loadBalancer().ifPresent(balancer -> policy(cluster, balancer.policy()));
    limits(cluster, plan.limits());
    plan.passiveHealthCheck().ifPresent(check -> cluster.setOutlierDetection(outliers(check)));
    return cluster.build();
  }

  static void eds(Cluster.Builder cluster) {
    cluster
        .setType(Cluster.DiscoveryType.EDS)
        .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(Ads.SOURCE));
  }

  private static void dns(Cluster.Builder cluster, ClusterLoadAssignment endpoints) {
    cluster
        .setClusterType(
            Cluster.CustomClusterType.newBuilder()
                .setName("envoy.clusters.dns")
                .setTypedConfig(
                    Any.pack(
                        DnsCluster.newBuilder()
                            .setRespectDnsTtl(true)
                            .setDnsLookupFamily(DnsLookupFamily.V4_PREFERRED)
                            .build())))
        .setLoadAssignment(endpoints);
  }

  private static void protocol(Cluster.Builder cluster, ServiceDefaults.Protocol protocol) {
    switch (protocol) {
      case HTTP2, GRPC ->
          cluster.putTypedExtensionProtocolOptions(
              "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
              Any.pack(
                  HttpProtocolOptions.newBuilder()
                      .setExplicitHttpConfig(
                          HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                              .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()))
                      .build()));
      case HTTP, TCP -> {}
    }
  }

  private static void policy(Cluster.Builder cluster, ServiceResolver.Policy policy) {
    switch (policy) {
      case ServiceResolver.Policy.RoundRobin robin ->
          cluster.setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN);
      case ServiceResolver.Policy.Random random -> cluster.setLbPolicy(Cluster.LbPolicy.RANDOM);
      case ServiceResolver.Policy.LeastRequest least -> {
        cluster.setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST);
        least
            .choiceCount()
            .ifPresent(count ->
                cluster.setLeastRequestLbConfig(
                    Cluster.LeastRequestLbConfig.newBuilder()
                        .setChoiceCount(UInt32Value.of(count))));
      }
      case ServiceResolver.Policy.RingHash ring -> {
        cluster.setLbPolicy(Cluster.LbPolicy.RING_HASH);
        var config = Cluster.RingHashLbConfig.newBuilder();
        ring.minimumRingSize().ifPresent(size -> config.setMinimumRingSize(UInt64Value.of(size)));
        ring.maximumRingSize().ifPresent(size -> config.setMaximumRingSize(UInt64Value.of(size)));
        cluster.setRingHashLbConfig(config);
      }
      case ServiceResolver.Policy.Maglev maglev -> cluster.setLbPolicy(Cluster.LbPolicy.MAGLEV);
    }
  }

  static void limits(Cluster.Builder cluster, ServiceDefaults.Limits limits) {
    if (limits.equals(ServiceDefaults.Limits.NONE)) {
      return;
    }
    var thresholds = CircuitBreakers.Thresholds.newBuilder();
    limits.maxConnections().ifPresent(limit -> thresholds.setMaxConnections(UInt32Value.of(limit)));
    limits
        .maxPendingRequests()
        .ifPresent(limit -> thresholds.setMaxPendingRequests(UInt32Value.of(limit)));
    limits
        .maxConcurrentRequests()
        .ifPresent(limit -> thresholds.setMaxRequests(UInt32Value.of(limit)));
    cluster.setCircuitBreakers(CircuitBreakers.newBuilder().addThresholds(thresholds));
  }

  static OutlierDetection outliers(ServiceDefaults.PassiveHealthCheck check) {
    var result = OutlierDetection.newBuilder();
    check.interval().ifPresent(interval -> result.setInterval(RouteActions.duration(interval)));
    check.maxFailures().ifPresent(failures -> result.setConsecutive5Xx(UInt32Value.of(failures)));
    check
        .enforcingConsecutive5xx()
        .ifPresent(percent -> result.setEnforcingConsecutive5Xx(UInt32Value.of(percent)));
    check
        .maxEjectionPercent()
        .ifPresent(percent -> result.setMaxEjectionPercent(UInt32Value.of(percent)));
    check
        .baseEjectionTime()
        .ifPresent(time -> result.setBaseEjectionTime(RouteActions.duration(time)));
    return result.build();
  }
}
