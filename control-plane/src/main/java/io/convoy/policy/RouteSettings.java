package io.convoy.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * What a {@link BackendTrafficPolicy} says about the requests of a route. Absent fields are left to
 * the next wider document.
 *
 * @param maxStreamDuration zero means no limit
 */
public record RouteSettings(
    Timeouts timeouts,
    Optional<Duration> maxStreamDuration,
    Optional<RetryRules> retry,
    Optional<Compression> compression,
    Optional<Mirror> mirror,
    Optional<FaultInjection> faultInjection) {
  public static final RouteSettings NONE =
      new RouteSettings(
          Timeouts.NONE,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** This, and what {@code wider} says where this says nothing. */
  public RouteSettings or(RouteSettings wider) {
    return new RouteSettings(
        new Timeouts(
            timeouts.request().or(wider.timeouts::request),
            timeouts.idle().or(wider.timeouts::idle)),
        maxStreamDuration.or(wider::maxStreamDuration),
        retry.or(wider::retry),
        compression.or(wider::compression),
        mirror.or(wider::mirror),
        faultInjection.or(wider::faultInjection));
  }
}
