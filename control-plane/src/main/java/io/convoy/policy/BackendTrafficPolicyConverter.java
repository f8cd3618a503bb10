package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import io.convoy.config.v1.BackendTrafficPolicyProto;
import java.util.Optional;

/** {@code backend-traffic-policy}. */
final class BackendTrafficPolicyConverter {
  private BackendTrafficPolicyConverter() {}

  static Document convert(
      DocumentId id, BackendTrafficPolicyProto.BackendTrafficPolicy message, At at) {
    var targets = TargetRefs.of(message.getTargetRefsList(), at.field("TargetRefs"));
    var cluster = ClusterSettingsConverter.convert(message, at);
    warnOfNarrowTargets(cluster, targets, at);
    return new BackendTrafficPolicy(
        id,
        targets,
        message.hasRateLimit()
            ? Optional.of(RateLimitConverter.convert(message.getRateLimit(), at.field("RateLimit")))
            : Optional.empty(),
        cluster,
        RouteSettingsConverter.convert(message, at));
  }

  /** A service has one cluster at a gateway, whatever listener or route leads there. */
  private static void warnOfNarrowTargets(
      ClusterSettings cluster, ImmutableList<TargetRef> targets, At at) {
    boolean narrow =
        targets.stream()
            .anyMatch(target ->
                switch (target) {
                  case TargetRef.Gateway gateway -> !gateway.section().isEmpty();
                  case TargetRef.Service service -> false;
                  case TargetRef.Route route -> true;
                  case TargetRef.Rule rule -> true;
                });
    if (!narrow) {
      return;
    }
    for (String field : ClusterSettingsConverter.given(cluster)) {
      at.field(field)
          .warn(
              "has no effect on a listener, a route or a rule: attach it to a service or a whole"
                  + " gateway");
    }
  }
}
