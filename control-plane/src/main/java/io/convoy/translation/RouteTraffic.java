package io.convoy.translation;

import io.convoy.policy.Retries;
import io.convoy.policy.RetryRules;
import io.convoy.policy.Timeouts;
import io.convoy.translation.http.Faults;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What policies say about the requests of a route besides the filters that they pass. Absent:
 * nothing.
 */
record RouteTraffic(
    Timeouts timeouts,
    Optional<Duration> maxStreamDuration,
    Optional<RetryRules> retry,
    Optional<Copies> copies) {
  static final RouteTraffic NONE =
      new RouteTraffic(Timeouts.NONE, Optional.empty(), Optional.empty(), Optional.empty());

  /** Where copies of requests go. */
  record Copies(String cluster, double percentage) {}

  /**
   * What counts for a route that goes to several clusters: Envoy has one value for all of them. A
   * field counts where it is the same for each; else what is said whatever the service is.
   */
  static RouteTraffic agreed(List<RouteTraffic> ofClusters, RouteTraffic ofAnyService) {
    return new RouteTraffic(
        new Timeouts(
            agreed(ofClusters, ofAnyService, each -> each.timeouts.request()),
            agreed(ofClusters, ofAnyService, each -> each.timeouts.idle())),
        agreed(ofClusters, ofAnyService, RouteTraffic::maxStreamDuration),
        agreed(ofClusters, ofAnyService, RouteTraffic::retry),
        agreed(ofClusters, ofAnyService, RouteTraffic::copies));
  }

  private static <V> Optional<V> agreed(
      List<RouteTraffic> all, RouteTraffic otherwise, Function<RouteTraffic, Optional<V>> field) {
    Optional<V> first = field.apply(all.getFirst());
    return all.stream().allMatch(each -> field.apply(each).equals(first))
        ? first
        : field.apply(otherwise);
  }

  /**
   * Adds it to a route. What the route's own documents give, its {@code http-route} and the {@code
   * service-router} behind it, counts before any policy.
   */
  void apply(RouteAction.Builder action, Timeouts own, Retries ownRetries) {
    if (own.request().isEmpty()) {
      timeouts.request().ifPresent(time -> action.setTimeout(RouteActions.duration(time)));
    }
    if (own.idle().isEmpty()) {
      timeouts.idle().ifPresent(time -> action.setIdleTimeout(RouteActions.duration(time)));
    }
    if (ownRetries.equals(Retries.NONE)) {
      retry.ifPresent(rules -> action.setRetryPolicy(RetryPolicies.of(rules)));
    }
    maxStreamDuration.ifPresent(time ->
        action.setMaxStreamDuration(
            RouteAction.MaxStreamDuration.newBuilder()
                .setMaxStreamDuration(RouteActions.duration(time))));
    copies.ifPresent(to ->
        action.addRequestMirrorPolicies(
            RouteAction.RequestMirrorPolicy.newBuilder()
                .setCluster(to.cluster)
                .setRuntimeFraction(
                    RuntimeFractionalPercent.newBuilder()
                        .setDefaultValue(Faults.percentage(to.percentage)))));
  }
}
