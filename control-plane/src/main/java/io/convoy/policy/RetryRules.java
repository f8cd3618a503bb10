package io.convoy.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * When and how often a request is tried again, and what each try has.
 *
 * @param retries its {@code attempts} are present; 0 means never
 * @param perTryTimeout above zero
 */
public record RetryRules(
    Retries retries, Optional<Duration> perTryTimeout, Optional<BackOff> backOff) {

  /**
   * A random time up to {@code base}, which doubles with each try.
   *
   * @param base at least 1 ms
   * @param max at least {@code base}
   */
  public record BackOff(Duration base, Duration max) {}
}
