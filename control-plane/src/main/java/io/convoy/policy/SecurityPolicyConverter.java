package io.convoy.policy;

import io.convoy.config.v1.SecurityPolicyProto;
import java.util.Optional;

/** {@code security-policy}. */
final class SecurityPolicyConverter {
  private SecurityPolicyConverter() {}

  static Document convert(DocumentId id, SecurityPolicyProto.SecurityPolicy message, At at) {
    return new SecurityPolicy(
        id,
        TargetRefs.of(message.getTargetRefsList(), at.field("TargetRefs")),
        message.hasJwt()
            ? Optional.of(JwtAuthenticationConverter.convert(message.getJwt(), at.field("JWT")))
            : Optional.empty(),
        message.hasAuthorization()
            ? Optional.of(
                AuthorizationConverter.convert(
                    message.getAuthorization(), at.field("Authorization")))
            : Optional.empty(),
        message.hasRevocation()
            ? Optional.of(
                RevocationConverter.convert(message.getRevocation(), at.field("Revocation")))
            : Optional.empty(),
        message.hasCors()
            ? Optional.of(CorsConverter.convert(message.getCors(), at.field("CORS")))
            : Optional.empty(),
        message.hasBasicAuth()
            ? Optional.of(BasicAuthConverter.convert(message.getBasicAuth(), at.field("BasicAuth")))
            : Optional.empty(),
        message.hasApiKeys()
            ? Optional.of(ApiKeysConverter.convert(message.getApiKeys(), at.field("APIKeys")))
            : Optional.empty());
  }
}
