package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * How requests go to services.
 *
 * @param targets never empty; each has its own count of {@code rateLimit}
 * @param cluster acts on services and whole gateways only
 */
public record BackendTrafficPolicy(
    DocumentId id,
    ImmutableList<TargetRef> targets,
    Optional<RateLimit> rateLimit,
    ClusterSettings cluster,
    RouteSettings route)
    implements Document {}
