package io.convoy.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a request may take. Absent fields are left to the next wider document; zero switches the
 * timeout off.
 *
 * @param request for the whole response
 * @param idle for a stream on which nothing moves
 */
public record Timeouts(Optional<Duration> request, Optional<Duration> idle) {
  public static final Timeouts NONE = new Timeouts(Optional.empty(), Optional.empty());
}
