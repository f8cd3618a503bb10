package io.convoy.registry.consul;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets threads sleep until they are told to end. Thread-safe. */
final class Lifetime {
  private final CountDownLatch over = new CountDownLatch(1);

  void end() {
    over.countDown();
  }

  boolean isOver() {
    return over.getCount() == 0;
  }

  /** Sleeps; returns early when it is over. */
  void sleep(Duration duration) {
    try {
      if (over.await(duration.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      // Only the registry interrupts its threads, and only to end them.
      over.countDown();
    }
  }
}
