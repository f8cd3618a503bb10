package io.convoy.policy;

import com.google.common.collect.ImmutableMap;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 1m30s}, {@code 1.5s}, {@code -1s}, or whole nanoseconds. */
final class GoDuration {
  private static final Pattern PART =
      Pattern.compile("([0-9]+[.]?[0-9]*|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h)");
  private static final Pattern WHOLE =
      Pattern.compile("([-+]?)(0|(?:(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)");
  private static final ImmutableMap<String, Long> NANOS =
      ImmutableMap.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);
  private static final BigInteger MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private GoDuration() {}

  /** Empty where the text is no duration, or none that fits 64 bits of nanoseconds. */
  static Optional<Duration> parse(String text) {
    if (text.length() > 60) {
      return Optional.empty();
    }
    Matcher whole = WHOLE.matcher(text);
    if (!whole.matches()) {
      return Optional.empty();
    }
    BigDecimal sum = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      BigDecimal unit = BigDecimal.valueOf(NANOS.getOrDefault(part.group(2), 1L));
      sum = sum.add(new BigDecimal(number(part.group(1))).multiply(unit));
    }
    return nanos(whole.group(1).equals("-") ? sum.negate().toBigInteger() : sum.toBigInteger());
  }

  /** Whole nanoseconds; empty where they do not fit 64 bits. */
  static Optional<Duration> nanos(BigInteger nanos) {
    return nanos.abs().compareTo(MAX) > 0
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(nanos.longValueExact()));
  }

  private static String number(String text) {
    return text.endsWith(".") ? text + "0" : text;
  }

  /** A duration for an error message, such as {@code 1.5s}. */
  static String shown(Duration duration) {
    BigDecimal seconds =
        BigDecimal.valueOf(duration.getSeconds())
            .add(BigDecimal.valueOf(duration.getNano(), 9))
            .stripTrailingZeros();
    return seconds.toPlainString() + "s";
  }
}
