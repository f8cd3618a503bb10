package io.convoy.snapshot;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the newest state on a thread of its own, an interval after the first change that is not
 * saved yet. A failure is logged and counted; the next change tries again.
 */
final class Saver implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Saver.class);

  private final LastKnownGood target;
  private final Duration interval;
  private final AtomicReference<@Nullable Supplier<LastKnownGood.Content>> newest =
      new AtomicReference<>();
  private final Counter saves;
  private final Counter failures;
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("last-known-good").daemon().factory());

  Saver(LastKnownGood target, Duration interval, MeterRegistry metrics) {
    this.target = target;
    this.interval = interval;
    this.saves = metrics.counter("convoy.last.known.good.saves");
    this.failures = metrics.counter("convoy.last.known.good.failures");
  }

  /** Takes the place of what waits to be saved; {@code content} is called on the saver's thread. */
  void offer(Supplier<LastKnownGood.Content> content) {
    if (newest.getAndSet(content) == null) {
      var _ = scheduler.schedule(this::saveNewest, interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Saves what still waits. */
  @Override
  public void close() {
    // A save that is under way must not be interrupted: it would be lost.
    scheduler.shutdown();
    saveNewest();
  }

  private synchronized void saveNewest() {
    Supplier<LastKnownGood.Content> content = newest.getAndSet(null);
    if (content == null) {
      return;
    }
    try {
      target.save(content.get());
      saves.increment();
    } catch (IOException | RuntimeException e) {
      failures.increment();
      log.warn(
          "{} was not saved: {}; a restart without Consul would not know the newest state",
          target.file(),
          e.toString());
    }
  }
}
