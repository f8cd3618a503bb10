package io.convoy.xds;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The clock of order, and its alarm. */
interface Timer {

  long nanoTime();

  /** Runs the task once after {@code nanos}; the handle cancels it. */
  Runnable after(long nanos, Runnable task);

  /** The machine's clock, with tasks on {@code executor}. */
  static Timer of(ScheduledExecutorService executor) {
    return new Timer() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public Runnable after(long nanos, Runnable task) {
        var future = executor.schedule(task, nanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
      }
    };
  }
}
