package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * How requests go to services.
 *
 * @param targets never empty; each has its own count of {@code rateLimit}
 */
public record BackendTrafficPolicy(
    DocumentId id, ImmutableList<TargetRef> targets, Optional<RateLimit> rateLimit)
    implements Document {}
