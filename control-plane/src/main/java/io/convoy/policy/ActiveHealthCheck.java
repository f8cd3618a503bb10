package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.Optional;

/**
 * Every Envoy asks every instance whether it works.
 *
 * @param timeout above zero, as all durations here
 * @param unhealthyThreshold above 0, as the other
 */
public record ActiveHealthCheck(
    Duration timeout,
    Duration interval,
    Duration noTrafficInterval,
    Duration unhealthyInterval,
    Optional<Duration> initialJitter,
    int unhealthyThreshold,
    int healthyThreshold,
    Probe probe) {

  /** How it asks. */
  public sealed interface Probe {

    /**
     * An HTTP request.
     *
     * @param hostname absent, the cluster's name
     * @param method one of Envoy's, in upper case
     * @param expectedStatuses 100 to 599; empty for 200
     */
    record Http(
        String path,
        Optional<String> hostname,
        String method,
        ImmutableList<Integer> expectedStatuses)
        implements Probe {}

    /** A connection: what is sent on it, and what the answer must hold. */
    record Tcp(Optional<String> send, Optional<String> receive) implements Probe {}

    /**
     * A call of {@code grpc.health.v1.Health/Check}.
     *
     * @param service empty for the server as a whole
     * @param authority absent, the cluster's name
     */
    record Grpc(String service, Optional<String> authority) implements Probe {}
  }
}
