package io.convoy.registry.consul;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: exponential with full jitter, so that many clients of a
 * server that comes back do not return in step.
 */
final class Backoff {
  private static final int MAX_DOUBLINGS = 20;

  private final Duration base;
  private final Duration cap;
  private final RandomGenerator random;
  private int failures;

  Backoff(Duration base, Duration cap, RandomGenerator random) {
    this.base = base;
    this.cap = cap;
    this.random = random;
  }

  /** Between nothing and twice what the try before could get; at most the cap, at least 1 ms. */
  Duration next() {
    long bound = Math.min(cap.toMillis(), base.toMillis() << failures);
    failures = Math.min(failures + 1, MAX_DOUBLINGS);
    return Duration.ofMillis(1 + random.nextLong(bound));
  }

  void reset() {
    failures = 0;
  }
}
