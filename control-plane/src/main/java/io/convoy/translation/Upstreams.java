package io.convoy.translation;

import io.convoy.policy.CircuitBreaker;
import io.convoy.policy.ClusterSettings;
import io.convoy.policy.LoadBalancing;
import io.convoy.policy.OutlierDetection;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceResolver;
import java.util.Optional;
import java.util.OptionalInt;

/** What Consul's own documents say about a cluster: how its caller calls, then its resolver. */
final class Upstreams {
  private Upstreams() {}

  /**
   * Empty where they say nothing.
   *
   * @param caller the caller's defaults
   */
  static ClusterSettings settings(
      String service, Optional<ServiceDefaults> caller, Optional<ServiceResolver> resolver) {
    ClusterSettings own =
        caller.map(defaults -> settings(upstream(service, defaults))).orElse(ClusterSettings.NONE);
    return resolver.map(found -> own.or(settings(found))).orElse(own);
  }

  /** What is said of the service by name, then what is said of all; limits count as a whole. */
  private static ServiceDefaults.Upstream upstream(String service, ServiceDefaults caller) {
    var all = caller.upstreamDefaults();
    var named = caller.upstreamOverrides().getOrDefault(service, ServiceDefaults.Upstream.NONE);
    return new ServiceDefaults.Upstream(
        named.connectTimeout().or(all::connectTimeout),
        named.limits().equals(ServiceDefaults.Limits.NONE) ? all.limits() : named.limits(),
        named.passiveHealthCheck().or(all::passiveHealthCheck));
  }

  private static ClusterSettings settings(ServiceDefaults.Upstream upstream) {
    ServiceDefaults.Limits limits = upstream.limits();
    return new ClusterSettings(
        new CircuitBreaker(
            limits.maxConnections(),
            limits.maxPendingRequests(),
            limits.maxConcurrentRequests(),
            OptionalInt.empty(),
            Optional.empty(),
            OptionalInt.empty()),
        Optional.empty(),
        upstream.passiveHealthCheck().map(Upstreams::outliers),
        OptionalInt.empty(),
        upstream.connectTimeout(),
        Optional.empty(),
        Optional.empty(),
        LoadBalancing.NONE);
  }

  private static OutlierDetection outliers(ServiceDefaults.PassiveHealthCheck check) {
    return new OutlierDetection(
        check.maxFailures(),
        check.enforcingConsecutive5xx(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        check.interval(),
        check.baseEjectionTime(),
        Optional.empty(),
        check.maxEjectionPercent(),
        Optional.empty());
  }

  private static ClusterSettings settings(ServiceResolver resolver) {
    return new ClusterSettings(
        CircuitBreaker.NONE,
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        resolver.connectTimeout(),
        Optional.empty(),
        Optional.empty(),
        new LoadBalancing(resolver.loadBalancer(), Optional.empty(), Optional.empty()));
  }
}
