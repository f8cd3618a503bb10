package io.convoy.bench.measure;

import java.util.concurrent.atomic.AtomicLongArray;

/** Very many times of one kind, each to within 3 %, in constant memory. Thread-safe. */
public final class Histogram {
  private static final int STEPS = 32;

  private final AtomicLongArray counts = new AtomicLongArray(64 * STEPS);

  /** {@code nanos}: below 0 counts as 0. */
  public void add(long nanos) {
    counts.incrementAndGet(bucket(Math.max(0, nanos)));
  }

  private static int bucket(long nanos) {
    if (nanos < STEPS) {
      return (int) nanos;
    }
    int octave = 63 - Long.numberOfLeadingZeros(nanos);
    int step = (int) (nanos >>> (octave - 5)) - STEPS;
    return (octave - 4) * STEPS + step;
  }

  private static double lowest(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int octave = bucket / STEPS + 4;
    return Math.scalb((double) (STEPS + bucket % STEPS), octave - 5);
  }

  public long count() {
    long sum = 0;
    for (int i = 0; i < counts.length(); i++) {
      sum += counts.get(i);
    }
    return sum;
  }

  /** The value that {@code share} (0 to 1) of all are not above, in ms; NaN without any. */
  public double millis(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * count()));
    long seen = 0;
    for (int i = 0; i < counts.length(); i++) {
      seen += counts.get(i);
      if (seen >= rank) {
        return lowest(i + 1) / 1e6;
      }
    }
    return Double.NaN;
  }
}
