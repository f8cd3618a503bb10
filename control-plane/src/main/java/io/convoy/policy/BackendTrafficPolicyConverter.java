package io.convoy.policy;

import io.convoy.config.v1.BackendTrafficPolicyProto;
import java.util.Optional;

/** {@code backend-traffic-policy}. */
final class BackendTrafficPolicyConverter {
  private BackendTrafficPolicyConverter() {}

  static Document convert(
      DocumentId id, BackendTrafficPolicyProto.BackendTrafficPolicy message, At at) {
    return new BackendTrafficPolicy(
        id,
        TargetRefs.of(message.getTargetRefsList(), at.field("TargetRefs")),
        message.hasRateLimit()
            ? Optional.of(RateLimitConverter.convert(message.getRateLimit(), at.field("RateLimit")))
            : Optional.empty());
  }
}
