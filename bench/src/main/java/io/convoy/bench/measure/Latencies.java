package io.convoy.bench.measure;

import java.util.Arrays;

/** Times of one kind, in nanoseconds. Not thread-safe. */
public final class Latencies {
  private long[] nanos = new long[64];
  private int count;

  public void add(long value) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = value;
  }

  public int count() {
    return count;
  }

  /** The least value that {@code share} (0 to 1) of all are not above, in ms; NaN without any. */
  public double millis(double share) {
    if (count == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(share * count);
    return sorted[Math.max(0, rank - 1)] / 1e6;
  }
}
