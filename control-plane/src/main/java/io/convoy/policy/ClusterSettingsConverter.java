package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import io.convoy.config.v1.BackendTrafficPolicyProto.BackendTrafficPolicy;
import io.convoy.config.v1.ServiceResolverProto;
import java.util.Optional;

/** What a {@code backend-traffic-policy} says about a service's instances. */
final class ClusterSettingsConverter {
  private ClusterSettingsConverter() {}

  static ClusterSettings convert(BackendTrafficPolicy message, At at) {
    var tcp = message.getTimeout().getTcp();
    var http = message.getTimeout().getHttp();
    At httpAt = at.field("Timeout").field("HTTP");
    var health = message.getHealthCheck();
    At healthAt = at.field("HealthCheck");
    return new ClusterSettings(
        circuitBreaker(message, at),
        health.hasActive()
            ? Optional.of(HealthCheckConverter.active(health.getActive(), healthAt.field("Active")))
            : Optional.empty(),
        health.hasPassive()
            ? Optional.of(
                HealthCheckConverter.passive(health.getPassive(), healthAt.field("Passive")))
            : Optional.empty(),
        Optionals.given(
            health.hasPanicThreshold(),
            healthAt.field("PanicThreshold").range(health.getPanicThreshold(), 0, 100)),
        at.field("Timeout")
            .field("TCP")
            .field("ConnectTimeout")
            .millis(tcp.hasConnectTimeout(), tcp.getConnectTimeout()),
        httpAt
            .field("ConnectionIdleTimeout")
            .timeout(http.hasConnectionIdleTimeout(), http.getConnectionIdleTimeout()),
        httpAt
            .field("MaxConnectionDuration")
            .timeout(http.hasMaxConnectionDuration(), http.getMaxConnectionDuration()),
        loadBalancing(message.getLoadBalancer(), at.field("LoadBalancer")));
  }

  /** The fields that say something. */
  static ImmutableList<String> given(ClusterSettings settings) {
    var fields = ImmutableList.<String>builder();
    CircuitBreaker breaker = settings.circuitBreaker();
    if (!breaker.equals(budgetOnly(breaker))) {
      fields.add("CircuitBreaker");
    }
    if (settings.activeHealthCheck().isPresent()
        || settings.outlierDetection().isPresent()
        || settings.panicThreshold().isPresent()) {
      fields.add("HealthCheck");
    }
    breaker.retryBudget().ifPresent(budget -> fields.add("Retry.Budget"));
    settings.connectTimeout().ifPresent(time -> fields.add("Timeout.TCP.ConnectTimeout"));
    settings
        .connectionIdleTimeout()
        .ifPresent(time -> fields.add("Timeout.HTTP.ConnectionIdleTimeout"));
    settings
        .maxConnectionDuration()
        .ifPresent(time -> fields.add("Timeout.HTTP.MaxConnectionDuration"));
    if (!settings.loadBalancing().equals(LoadBalancing.NONE)) {
      fields.add("LoadBalancer");
    }
    return fields.build();
  }

  private static CircuitBreaker budgetOnly(CircuitBreaker breaker) {
    CircuitBreaker none = CircuitBreaker.NONE;
    return new CircuitBreaker(
        none.maxConnections(),
        none.maxPendingRequests(),
        none.maxRequests(),
        none.maxRetries(),
        breaker.retryBudget(),
        none.maxRequestsPerConnection());
  }

  private static CircuitBreaker circuitBreaker(BackendTrafficPolicy message, At at) {
    var breaker = message.getCircuitBreaker();
    return new CircuitBreaker(
        Optionals.given(breaker.hasMaxConnections(), breaker.getMaxConnections()),
        Optionals.given(breaker.hasMaxPendingRequests(), breaker.getMaxPendingRequests()),
        Optionals.given(breaker.hasMaxParallelRequests(), breaker.getMaxParallelRequests()),
        Optionals.given(breaker.hasMaxParallelRetries(), breaker.getMaxParallelRetries()),
        message.getRetry().hasBudget()
            ? Optional.of(budget(message.getRetry().getBudget(), at.field("Retry").field("Budget")))
            : Optional.empty(),
        Optionals.given(
            breaker.hasMaxRequestsPerConnection(), breaker.getMaxRequestsPerConnection()));
  }

  /** What is left out has Envoy's defaults. */
  private static CircuitBreaker.RetryBudget budget(BackendTrafficPolicy.RetryBudget budget, At at) {
    return new CircuitBreaker.RetryBudget(
        at.field("Percent").percentage(true, budget.hasPercent() ? budget.getPercent() : 20),
        budget.hasMinConcurrency() ? budget.getMinConcurrency() : 3);
  }

  private static LoadBalancing loadBalancing(BackendTrafficPolicy.LoadBalancing message, At at) {
    Optional<ServiceResolver.LoadBalancer> policy =
        LoadBalancerConverter.convert(asInResolver(message), at);
    boolean hashes =
        message.getPolicy().equals("ring_hash") || message.getPolicy().equals("maglev");
    at.field("SlowStart")
        .require(
            !message.hasSlowStart() || !(hashes || message.getPolicy().equals("random")),
            "a value with the policy " + Value.quoted(message.getPolicy()),
            "expected it with round_robin and least_request only");
    at.field("ZoneAware")
        .require(
            !message.hasZoneAware() || !hashes,
            "a value with the policy " + Value.quoted(message.getPolicy()),
            "expected it with round_robin, random and least_request only");
    return new LoadBalancing(
        policy,
        message.hasSlowStart()
            ? Optional.of(slowStart(message.getSlowStart(), at.field("SlowStart")))
            : Optional.empty(),
        message.hasZoneAware()
            ? Optional.of(zoneAware(message.getZoneAware(), at.field("ZoneAware")))
            : Optional.empty());
  }

  private static ServiceResolverProto.LoadBalancer asInResolver(
      BackendTrafficPolicy.LoadBalancing message) {
    var result =
        ServiceResolverProto.LoadBalancer.newBuilder()
            .setPolicy(message.getPolicy())
            .addAllHashPolicies(message.getHashPoliciesList());
    if (message.hasRingHashConfig()) {
      result.setRingHashConfig(message.getRingHashConfig());
    }
    if (message.hasLeastRequestConfig()) {
      result.setLeastRequestConfig(message.getLeastRequestConfig());
    }
    return result.build();
  }

  private static LoadBalancing.SlowStart slowStart(BackendTrafficPolicy.SlowStart message, At at) {
    return new LoadBalancing.SlowStart(
        at.field("Window")
            .millis(message.hasWindow(), message.getWindow())
            .orElseThrow(() -> at.field("Window").refusal("nothing", "expected a duration")),
        Optionals.given(
            message.hasMinWeightPercent(),
            at.field("MinWeightPercent").range(message.getMinWeightPercent(), 0, 100)));
  }

  private static LoadBalancing.ZoneAware zoneAware(BackendTrafficPolicy.ZoneAware message, At at) {
    return new LoadBalancing.ZoneAware(
        Optionals.given(message.hasMinEndpoints(), message.getMinEndpoints()),
        Optionals.given(
            message.hasPercentage(),
            at.field("Percentage").range(message.getPercentage(), 0, 100)));
  }
}
