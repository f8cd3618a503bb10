package io.convoy.snapshot;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of one part of a registry.
 *
 * @param answered whether it has answered in full, ever
 * @param problem why it cannot be read now; empty while it can
 * @param since when it came to answer, or ceased to
 */
public record PartState(boolean answered, Optional<String> problem, Instant since) {

  /** How long it has been out of reach; empty while it answers. */
  public Optional<Double> staleSeconds(Instant now) {
    return problem.map(_ -> Duration.between(since, now).toMillis() / 1e3);
  }
}
