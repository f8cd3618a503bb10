package io.convoy.policy;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.function.Function;

/**
 * Regular expressions as Envoy takes them: RE2's. Bounded, so that no expression costs much here or
 * there: Envoy counts the instructions of the compiled program ({@code
 * re2.max_program_size.error_level}, 1,000 in Convoy's bootstrap) and rejects a whole route
 * configuration for one that is too large.
 */
final class Regex {
  private static final int MAX_LENGTH = 1000;
  private static final long MAX_SIZE = 900;

  /** What one character, in a class or alone, comes to at most where case is ignored. */
  private static final int FOLDED = 3;

  private static final java.util.regex.Pattern FLAG_I =
      java.util.regex.Pattern.compile("\\(\\?[a-zA-Z]*i");

  private static final java.util.regex.Pattern WIDE =
      java.util.regex.Pattern.compile("\\\\x[{]0*[1-9a-fA-F][0-9a-fA-F]{2,}[}]");

  private Regex() {}

  /**
   * Checks an expression that Envoy is to match, which it does on bytes (Envoy 1.40 compiles in
   * RE2's Latin-1 mode): a class or a repetition of what is not ASCII would mean something else.
   */
  static <E extends Exception> void checkForEnvoy(String expression, Function<String, E> refuse)
      throws E {
    if (!CharMatcher.ascii().matchesAllOf(expression) || WIDE.matcher(expression).find()) {
      throw refuse.apply("expected ASCII and \\xNN only: Envoy matches the bytes of UTF-8");
    }
    compile(expression, refuse);
  }

  /** The compiled expression; refuses what Envoy would not take with {@code refuse}'s exception. */
  static <E extends Exception> Pattern compile(String expression, Function<String, E> refuse)
      throws E {
    if (expression.length() > MAX_LENGTH) {
      throw refuse.apply("expected a regular expression of at most " + MAX_LENGTH + " characters");
    }
    long size = size(expression);
    if (size > MAX_SIZE) {
      throw refuse.apply(
          "expected a smaller regular expression: it comes to about "
              + size
              + " instructions, "
              + MAX_SIZE
              + " are allowed");
    }
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw refuse.apply("expected an RE2 regular expression: " + e.getDescription());
    }
  }

  /**
   * How many instructions RE2 makes of an expression, rather too many than too few. Counted on the
   * text, as nothing may be compiled before: re2j writes nested repetitions out, whatever it takes.
   */
  static long size(String expression) {
    var outer = new ArrayDeque<long[]>();
    // The size of the group so far, and that of its last item, which a repetition multiplies.
    long[] group = {0, 0};
    int i = 0;
    while (i < expression.length()) {
      char c = expression.charAt(i);
      int end = i + 1;
      if (c == '\\') {
        end = escapeEnd(expression, i);
        add(group, escapeSize(expression, i, end));
      } else if (c == '[') {
        end = classEnd(expression, i);
        add(group, classSize(expression, i, end));
      } else if (c == '(') {
        outer.push(group);
        group = new long[] {2, 2};
      } else if (c == ')' && !outer.isEmpty()) {
        long inner = group[0];
        group = outer.pop();
        add(group, inner);
      } else if (c == '{') {
        int close = expression.indexOf('}', i);
        String counts = close < 0 ? "" : expression.substring(i + 1, close);
        long times = times(counts);
        // A copy that may be left out takes one more.
        long copy = group[1] + (counts.indexOf(',') < 0 ? 0 : 1);
        group[0] = bounded(group[0] - group[1] + copy * times);
        group[1] = bounded(copy * times);
        end = times == 1 ? end : close + 1;
      } else {
        add(group, c == '.' ? 3 : characterSize(c));
      }
      i = end;
    }
    long size = outer.stream().mapToLong(open -> open[0]).sum() + group[0];
    return FLAG_I.matcher(expression).find() ? size * FOLDED : size;
  }

  private static void add(long[] group, long item) {
    group[0] = bounded(group[0] + item);
    group[1] = item;
  }

  private static long bounded(long size) {
    return Math.min(Integer.MAX_VALUE, size);
  }

  /** RE2 works on the bytes of UTF-8. */
  private static int characterSize(char c) {
    return c < 0x80 ? 1 : 4;
  }

  private static int escapeEnd(String expression, int from) {
    if (expression.startsWith("\\Q", from)) {
      int end = expression.indexOf("\\E", from);
      return end < 0 ? expression.length() : end + 2;
    }
    int end = Math.min(expression.length(), from + 2);
    boolean property = end == from + 2 && "pP".indexOf(expression.charAt(from + 1)) >= 0;
    boolean braces = property || expression.startsWith("\\x", from);
    int close = braces && expression.startsWith("{", end) ? expression.indexOf('}', end) : -1;
    if (close < 0 && property) {
      return Math.min(expression.length(), end + 1);
    }
    return close < 0 ? end : close + 1;
  }

  /** Measured: classes of Unicode come to tens of ranges. */
  private static long escapeSize(String expression, int from, int end) {
    return switch (from + 1 < expression.length() ? expression.charAt(from + 1) : '\\') {
      case 'p', 'P' -> 30;
      case 'd', 'D', 'w', 's' -> 4;
      case 'W', 'S' -> 8;
      case 'Q' -> 4L * (end - from);
      case 'x' -> 4;
      default -> 1;
    };
  }

  /** Where a class ends; its first character may be a closing bracket. */
  private static int classEnd(String expression, int from) {
    int i = from + 1;
    if (expression.startsWith("^", i)) {
      i++;
    }
    if (expression.startsWith("]", i)) {
      i++;
    }
    while (i < expression.length() && expression.charAt(i) != ']') {
      i = memberEnd(expression, i);
    }
    return Math.min(expression.length(), i + 1);
  }

  private static int memberEnd(String expression, int from) {
    if (expression.startsWith("[:", from)) {
      int end = expression.indexOf(":]", from);
      return end < 0 ? from + 1 : end + 2;
    }
    boolean escape = expression.charAt(from) == '\\' && !expression.startsWith("\\Q", from);
    return escape ? escapeEnd(expression, from) : from + 1;
  }

  /** Every member is a range of its own, and the complement has one more. */
  private static long classSize(String expression, int from, int end) {
    long size = 3;
    int i = from + 1;
    while (i < end - 1) {
      int next = memberEnd(expression, i);
      char c = expression.charAt(i);
      if (c == '\\') {
        size += escapeSize(expression, i, next);
      } else if (c == '[' && next > i + 1) {
        size += 4;
      } else if (c != '-') {
        size += characterSize(c);
      }
      // The end of a range is counted with its beginning.
      boolean range = next < end - 2 && expression.charAt(next) == '-' && c < 0x80;
      i = range ? memberEnd(expression, next + 1) : next;
    }
    return size;
  }

  /** The larger number of {@code n}, {@code n,} and {@code n,m}; 1 for anything else. */
  private static long times(String counts) {
    long times = 1;
    for (String count : Splitter.on(',').split(counts)) {
      if (count.matches("[0-9]{1,6}")) {
        times = Math.max(times, Long.parseLong(count));
      }
    }
    return times;
  }
}
