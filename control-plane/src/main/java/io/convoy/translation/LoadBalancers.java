package io.convoy.translation;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import io.convoy.policy.LoadBalancing;
import io.convoy.policy.ServiceResolver;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.Optional;

/** How Envoy chooses an instance. */
final class LoadBalancers {
  private LoadBalancers() {}

  static void apply(Cluster.Builder cluster, LoadBalancing balancing) {
    balancing
        .policy()
        .ifPresentOrElse(
            chosen -> policy(cluster, chosen.policy(), balancing.slowStart()),
            () -> roundRobin(cluster, balancing.slowStart()));
    boolean hashes = balancing.policy().filter(RouteActions::hashes).isPresent();
    balancing
        .zoneAware()
        .filter(zone -> !hashes)
        .ifPresent(
            zone -> cluster.getCommonLbConfigBuilder().setZoneAwareLbConfig(zoneAware(zone)));
  }

  private static void policy(
      Cluster.Builder cluster,
      ServiceResolver.Policy policy,
      Optional<LoadBalancing.SlowStart> slowStart) {
    switch (policy) {
      case ServiceResolver.Policy.RoundRobin robin -> roundRobin(cluster, slowStart);
      case ServiceResolver.Policy.Random random -> cluster.setLbPolicy(Cluster.LbPolicy.RANDOM);
      case ServiceResolver.Policy.LeastRequest least -> leastRequest(cluster, least, slowStart);
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

  private static void roundRobin(
      Cluster.Builder cluster, Optional<LoadBalancing.SlowStart> slowStart) {
    cluster.setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN);
    slowStart.ifPresent(start ->
        cluster.setRoundRobinLbConfig(
            Cluster.RoundRobinLbConfig.newBuilder().setSlowStartConfig(slowStart(start))));
  }

  private static void leastRequest(
      Cluster.Builder cluster,
      ServiceResolver.Policy.LeastRequest least,
      Optional<LoadBalancing.SlowStart> slowStart) {
    cluster.setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST);
    if (least.choiceCount().isEmpty() && slowStart.isEmpty()) {
      return;
    }
    var config = Cluster.LeastRequestLbConfig.newBuilder();
    least.choiceCount().ifPresent(count -> config.setChoiceCount(UInt32Value.of(count)));
    slowStart.ifPresent(start -> config.setSlowStartConfig(slowStart(start)));
    cluster.setLeastRequestLbConfig(config);
  }

  private static Cluster.SlowStartConfig slowStart(LoadBalancing.SlowStart start) {
    var config =
        Cluster.SlowStartConfig.newBuilder()
            .setSlowStartWindow(RouteActions.duration(start.window()));
    start.minWeightPercent().ifPresent(percent -> config.setMinWeightPercent(percent(percent)));
    return config.build();
  }

  private static Cluster.CommonLbConfig.ZoneAwareLbConfig zoneAware(LoadBalancing.ZoneAware zone) {
    var config = Cluster.CommonLbConfig.ZoneAwareLbConfig.newBuilder();
    zone.minEndpoints().ifPresent(count -> config.setMinClusterSize(UInt64Value.of(count)));
    zone.percentage().ifPresent(percent -> config.setRoutingEnabled(percent(percent)));
    return config.build();
  }

  static Percent percent(double value) {
    return Percent.newBuilder().setValue(value).build();
  }
}
