package io.convoy.policy;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import java.time.Instant;

/**
 * Tokens that are good no longer.
 *
 * @param ids values of the claim {@code jti}
 * @param subjects values of the claim {@code sub}
 * @param issuedBefore by the name of a {@code jwt-provider}, which may not exist: its tokens from
 *     before this time, and those without a time
 */
public record Revocation(
    ImmutableSet<String> ids,
    ImmutableSet<String> subjects,
    ImmutableSortedMap<String, Instant> issuedBefore) {}
