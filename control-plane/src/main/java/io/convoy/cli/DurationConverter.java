package io.convoy.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations in Go's notation, such as {@code 20ms}, {@code 1s} or {@code 1m30s}; and {@code 0}. */
final class DurationConverter implements ITypeConverter<Duration> {
  static final String EXPECTED = "a duration such as 20ms, 1s or 1m30s";
  private static final Duration LONGEST = Duration.ofDays(3650);
  private static final Pattern PART = Pattern.compile("(\\d{1,12})(ms|s|m|h)");
  private static final Pattern WHOLE = Pattern.compile("0|(?:" + PART.pattern() + ")+");

  @Override
  public Duration convert(String value) {
    if (!WHOLE.matcher(value).matches()) {
      throw new TypeConversionException(EXPECTED);
    }
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(value);
    while (part.find()) {
      long amount = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                default -> Duration.ofHours(amount);
              });
    }
    if (sum.compareTo(LONGEST) > 0) {
      throw new TypeConversionException(EXPECTED + ", at most 87600h");
    }
    return sum;
  }
}
