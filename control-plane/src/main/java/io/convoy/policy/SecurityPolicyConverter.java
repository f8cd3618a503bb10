package io.convoy.policy;

import io.convoy.config.v1.SecurityPolicyProto;

/** {@code security-policy}. */
final class SecurityPolicyConverter {
  private SecurityPolicyConverter() {}

  static Document convert(DocumentId id, SecurityPolicyProto.SecurityPolicy message, At at) {
    return new SecurityPolicy(
        id, TargetRefs.of(message.getTargetRefsList(), at.field("TargetRefs")));
  }
}
