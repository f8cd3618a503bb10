package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * Who may send requests, and which pages of other origins.
 *
 * @param targets never empty
 */
public record SecurityPolicy(
    DocumentId id,
    ImmutableList<TargetRef> targets,
    Optional<JwtAuthentication> jwt,
    Optional<Authorization> authorization,
    Optional<Revocation> revocation,
    Optional<Cors> cors,
    Optional<BasicAuth> basicAuth,
    Optional<ApiKeys> apiKeys)
    implements Document {}
