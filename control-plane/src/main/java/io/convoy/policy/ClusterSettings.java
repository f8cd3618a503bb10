package io.convoy.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a {@link BackendTrafficPolicy} says about a service's instances, whatever route leads to
 * them. Absent fields are left to the next wider document.
 *
 * @param panicThreshold below which share of healthy instances, in percent, all are used
 * @param connectionIdleTimeout zero switches it off, as the next
 */
public record ClusterSettings(
    CircuitBreaker circuitBreaker,
    Optional<ActiveHealthCheck> activeHealthCheck,
    Optional<OutlierDetection> outlierDetection,
    OptionalInt panicThreshold,
    Optional<Duration> connectTimeout,
    Optional<Duration> connectionIdleTimeout,
    Optional<Duration> maxConnectionDuration,
    LoadBalancing loadBalancing) {
  public static final ClusterSettings NONE =
      new ClusterSettings(
          CircuitBreaker.NONE,
          Optional.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          LoadBalancing.NONE);

  /** This, and what {@code wider} says where this says nothing. */
  public ClusterSettings or(ClusterSettings wider) {
    return new ClusterSettings(
        circuitBreaker.or(wider.circuitBreaker),
        activeHealthCheck.or(wider::activeHealthCheck),
        outlierDetection.or(wider::outlierDetection),
        Optionals.or(panicThreshold, wider.panicThreshold),
        connectTimeout.or(wider::connectTimeout),
        connectionIdleTimeout.or(wider::connectionIdleTimeout),
        maxConnectionDuration.or(wider::maxConnectionDuration),
        loadBalancing.or(wider.loadBalancing));
  }
}
