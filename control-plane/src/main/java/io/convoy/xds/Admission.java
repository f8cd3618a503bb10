package io.convoy.xds;

import io.grpc.Status;

/** Bounds the streams open at once and those opened in a second. Thread-safe. */
final class Admission {
  private static final double SECOND = 1e9;

  private final XdsSettings settings;
  private final Metrics metrics;
  private final Timer timer;
  private int open;
  private double tokens;
  private long filledAt;

  Admission(XdsSettings settings, Metrics metrics, Timer timer) {
    this.settings = settings;
    this.metrics = metrics;
    this.timer = timer;
    this.tokens = settings.newStreamsPerSecond();
    this.filledAt = timer.nanoTime();
  }

  /** OK when one more stream may open; it is counted until {@link #exit}. */
  synchronized Status enter() {
    if (open >= settings.maxStreams()) {
      metrics.refused("streams");
      return Status.RESOURCE_EXHAUSTED.withDescription(
          "the server has its " + settings.maxStreams() + " streams");
    }
    long now = timer.nanoTime();
    double rate = settings.newStreamsPerSecond();
    tokens = Math.min(rate, tokens + (now - filledAt) * rate / SECOND);
    filledAt = now;
    if (tokens < 1) {
      metrics.refused("rate");
      return Status.RESOURCE_EXHAUSTED.withDescription(
          "more than " + settings.newStreamsPerSecond() + " new streams in a second");
    }
    tokens--;
    open++;
    return Status.OK;
  }

  synchronized void exit() {
    open--;
  }
}
