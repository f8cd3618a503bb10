package io.convoy.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What takes an instance out by how it answers requests. Absent fields are left to the next wider
 * document, and at last to Envoy. Percentages are 0 to 100; durations are above zero.
 *
 * @param consecutive5xx 0 switches it off
 * @param enforcing5xx how likely, in percent, an instance that failed so often is taken out
 * @param consecutiveGatewayErrors 0 switches it off
 * @param failurePercentage from which share of failed requests an instance is out
 */
public record OutlierDetection(
    OptionalInt consecutive5xx,
    OptionalInt enforcing5xx,
    OptionalInt consecutiveGatewayErrors,
    OptionalInt consecutiveLocalOriginFailures,
    Optional<Boolean> splitLocalOriginErrors,
    OptionalInt failurePercentage,
    Optional<Duration> interval,
    Optional<Duration> baseEjectionTime,
    Optional<Duration> maxEjectionTime,
    OptionalInt maxEjectionPercent,
    Optional<Boolean> alwaysEjectOne) {}
