package io.convoy.bench.measure;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;

/** Says on standard error what is going on, with the seconds since the benchmark's start. */
public final class Progress {
  private final long start = System.nanoTime();

  @FormatMethod
  public void line(@FormatString String format, Object... arguments) {
    System.err.printf(
        Locale.ROOT,
        "%6.1f s  %s%n",
        (System.nanoTime() - start) / 1e9,
        String.format(Locale.ROOT, format, arguments));
  }
}
