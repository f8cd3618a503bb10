package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * Who may send requests.
 *
 * @param targets never empty
 */
public record SecurityPolicy(
    DocumentId id,
    ImmutableList<TargetRef> targets,
    Optional<JwtAuthentication> jwt,
    Optional<Authorization> authorization,
    Optional<Revocation> revocation)
    implements Document {}
