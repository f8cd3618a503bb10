package io.convoy.cli.local;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for something to become true. */
public final class Wait {
  private static final Duration INTERVAL = Duration.ofMillis(10);

  private Wait() {}

  /**
   * Asks every 10 ms until the condition holds.
   *
   * @return whether it held before the limit was reached
   */
  public static boolean until(Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      try {
        Thread.sleep(INTERVAL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
