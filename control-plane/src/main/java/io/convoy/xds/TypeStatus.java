package io.convoy.xds;

import com.google.common.collect.ImmutableSortedSet;
import java.time.Duration;
import java.util.Optional;

/**
 * One type of resource on one Envoy. Versions are those of responses: a hash over the names and
 * versions that the response held.
 *
 * @param subscribed the names asked for; {@code *} stands for everything
 * @param resources how many the Envoy has acknowledged and still holds
 * @param sent the last response's version; empty before the first
 * @param acked the last acknowledged response's; empty before the first
 * @param nacked the last refused response's; empty when none was
 * @param error Envoy's words, while it refuses something that it should hold
 * @param nonceAge how long the last response has been waiting for its answer; empty when it has one
 * @param waiting names that order holds back
 */
public record TypeStatus(
    ImmutableSortedSet<String> subscribed,
    int resources,
    Optional<String> sent,
    Optional<String> acked,
    Optional<String> nacked,
    Optional<String> error,
    Optional<Duration> nonceAge,
    ImmutableSortedSet<String> waiting) {}
