package io.convoy.policy;

import io.convoy.config.v1.BackendTrafficPolicyProto;

/** {@code backend-traffic-policy}. */
final class BackendTrafficPolicyConverter {
  private BackendTrafficPolicyConverter() {}

  static Document convert(
      DocumentId id, BackendTrafficPolicyProto.BackendTrafficPolicy message, At at) {
    return new BackendTrafficPolicy(
        id, TargetRefs.of(message.getTargetRefsList(), at.field("TargetRefs")));
  }
}
