package io.convoy.policy;

/** Who issues JSON Web Tokens, and how they are verified: Consul's {@code jwt-provider}. */
public record JwtProvider(DocumentId id) implements Document {}
