package io.convoy.translation;

import com.google.common.collect.ImmutableMap;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.CircuitBreaker;
import io.convoy.policy.ClusterSettings;
import io.convoy.policy.LoadBalancing;
import io.convoy.policy.RouteSettings;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** The fields of a {@code backend-traffic-policy} that can have one value only. */
final class TrafficFields {
  private static final ImmutableMap<String, Function<BackendTrafficPolicy, Optional<?>>> ALL =
      ImmutableMap.<String, Function<BackendTrafficPolicy, Optional<?>>>builder()
          .put("CircuitBreaker.MaxConnections", breaker(CircuitBreaker::maxConnections))
          .put("CircuitBreaker.MaxPendingRequests", breaker(CircuitBreaker::maxPendingRequests))
          .put("CircuitBreaker.MaxParallelRequests", breaker(CircuitBreaker::maxRequests))
          .put("CircuitBreaker.MaxParallelRetries", breaker(CircuitBreaker::maxRetries))
          .put(
              "CircuitBreaker.MaxRequestsPerConnection",
              breaker(CircuitBreaker::maxRequestsPerConnection))
          .put("Retry.Budget", cluster(settings -> settings.circuitBreaker().retryBudget()))
          .put("HealthCheck.Active", cluster(ClusterSettings::activeHealthCheck))
          .put("HealthCheck.Passive", cluster(ClusterSettings::outlierDetection))
          .put("HealthCheck.PanicThreshold", cluster(settings -> boxed(settings.panicThreshold())))
          .put("Timeout.TCP.ConnectTimeout", cluster(ClusterSettings::connectTimeout))
          .put(
              "Timeout.HTTP.ConnectionIdleTimeout", cluster(ClusterSettings::connectionIdleTimeout))
          .put(
              "Timeout.HTTP.MaxConnectionDuration", cluster(ClusterSettings::maxConnectionDuration))
          .put("LoadBalancer.Policy", balancing(LoadBalancing::policy))
          .put("LoadBalancer.SlowStart", balancing(LoadBalancing::slowStart))
          .put("LoadBalancer.ZoneAware", balancing(LoadBalancing::zoneAware))
          .put("Timeout.HTTP.RequestTimeout", route(settings -> settings.timeouts().request()))
          .put("Timeout.HTTP.StreamIdleTimeout", route(settings -> settings.timeouts().idle()))
          .put("Timeout.HTTP.MaxStreamDuration", route(RouteSettings::maxStreamDuration))
          .put("Retry", route(RouteSettings::retry))
          .put("Compression", route(RouteSettings::compression))
          .put("Mirror", route(RouteSettings::mirror))
          .put("FaultInjection", route(RouteSettings::faultInjection))
          .buildOrThrow();

  private TrafficFields() {}

  /** Says of every policy what an older one of the same target says in its place. */
  static void reportTies(Attachments<BackendTrafficPolicy> policies, Problems problems) {
    ALL.forEach((name, field) ->
        policies.reportTies(
            name,
            BackendTrafficPolicy::id,
            policy -> field.apply(policy).map(value -> (Object) value),
            problems));
  }

  private static Function<BackendTrafficPolicy, Optional<?>> cluster(
      Function<ClusterSettings, Optional<?>> field) {
    return policy -> field.apply(policy.cluster());
  }

  private static Function<BackendTrafficPolicy, Optional<?>> breaker(
      Function<CircuitBreaker, OptionalInt> field) {
    return policy -> boxed(field.apply(policy.cluster().circuitBreaker()));
  }

  private static Function<BackendTrafficPolicy, Optional<?>> balancing(
      Function<LoadBalancing, Optional<?>> field) {
    return policy -> field.apply(policy.cluster().loadBalancing());
  }

  private static Function<BackendTrafficPolicy, Optional<?>> route(
      Function<RouteSettings, Optional<?>> field) {
    return policy -> field.apply(policy.route());
  }

  private static Optional<Integer> boxed(OptionalInt number) {
    return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
  }
}
