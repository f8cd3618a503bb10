package io.convoy.bench.fleet;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Some resources on their way to all clients. Thread-safe. */
public final class Round {
  private final int[] numbers;
  private final AtomicInteger missing;
  private final AtomicLong lastAt = new AtomicLong(Long.MIN_VALUE);
  private final CountDownLatch over = new CountDownLatch(1);

  Round(int[] numbers, int clients) {
    this.numbers = numbers;
    this.missing = new AtomicInteger(clients);
  }

  /**
   * Waits until all clients hold and have acknowledged the resources, a stream has ended, or the
   * limit is reached.
   *
   * @return whether all clients do
   */
  public boolean await(Duration limit) throws InterruptedException {
    return over.await(limit.toNanos(), TimeUnit.NANOSECONDS) && missing.get() == 0;
  }

  /** How many clients do not have them yet. */
  public int missing() {
    return missing.get();
  }

  /** When the last client acknowledged, by {@link System#nanoTime}. */
  public long lastAt() {
    return lastAt.get();
  }

  /** Whether a client that holds {@code held} has what it should. */
  boolean satisfiedBy(long[] held, Expectation expectation) {
    for (int number : numbers) {
      if (held[number] != expectation.fingerprint(number)) {
        return false;
      }
    }
    return true;
  }

  void finished() {
    lastAt.accumulateAndGet(System.nanoTime(), Math::max);
    if (missing.decrementAndGet() == 0) {
      over.countDown();
    }
  }

  void fail() {
    over.countDown();
  }
}
