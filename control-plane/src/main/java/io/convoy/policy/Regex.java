package io.convoy.policy;

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

  /**
   * Measured against Envoy 1.40: for one instruction of re2j's, RE2 takes up to 3 where it matches
   * ranges of characters, and up to 10 for Unicode's classes.
   */
  private static final int MAX_SIZE = 300;

  private static final int MAX_SIZE_UNICODE = 100;

  /** RE2 takes no repetition above 1,000, also where several are nested. */
  private static final long MAX_COST = 4000;

  private Regex() {}

  /** The compiled expression; refuses what Envoy would not take with {@code refuse}'s exception. */
  static <E extends Exception> Pattern compile(String expression, Function<String, E> refuse)
      throws E {
    if (expression.length() > MAX_LENGTH) {
      throw refuse.apply("expected a regular expression of at most " + MAX_LENGTH + " characters");
    }
    if (cost(expression) > MAX_COST) {
      throw refuse.apply("expected a regular expression that repeats less");
    }
    try {
      Pattern pattern = Pattern.compile(expression);
      boolean unicode = expression.contains("\\p") || expression.contains("\\P");
      if (pattern.programSize() > (unicode ? MAX_SIZE_UNICODE : MAX_SIZE)) {
        throw refuse.apply("expected a smaller regular expression: Envoy would reject it");
      }
      return pattern;
    } catch (PatternSyntaxException e) {
      throw refuse.apply("expected an RE2 regular expression: " + e.getDescription());
    }
  }

  /**
   * How large an expression becomes when its repetitions are written out; never too little. re2j
   * would write them out, whatever it takes.
   */
  static long cost(String expression) {
    var outer = new ArrayDeque<long[]>();
    // The cost of the group so far, and that of its last item, which a repetition multiplies.
    long[] group = {0, 0};
    int i = 0;
    while (i < expression.length()) {
      char c = expression.charAt(i);
      int end = i + 1;
      if (c == '\\') {
        end = escape(expression, i);
        add(group, end - i);
      } else if (c == '[') {
        end = characterClass(expression, i);
        add(group, 1);
      } else if (c == '(') {
        outer.push(group);
        group = new long[] {1, 1};
      } else if (c == ')' && !outer.isEmpty()) {
        long inner = group[0];
        group = outer.pop();
        add(group, inner);
      } else if (c == '{') {
        end = Math.max(end, expression.indexOf('}', i) + 1);
        long times = times(expression.substring(i + 1, Math.max(i + 1, end - 1)));
        group[0] = Math.min(Integer.MAX_VALUE, group[0] + group[1] * (times - 1));
        group[1] = Math.min(Integer.MAX_VALUE, group[1] * times);
        if (times == 1) {
          end = i + 1;
        }
      } else if ("*+?".indexOf(c) < 0) {
        add(group, 1);
      }
      i = end;
    }
    return outer.stream().mapToLong(open -> open[0]).sum() + group[0];
  }

  private static void add(long[] group, long item) {
    group[0] = Math.min(Integer.MAX_VALUE, group[0] + item);
    group[1] = item;
  }

  private static int escape(String expression, int from) {
    if (expression.startsWith("\\Q", from)) {
      int end = expression.indexOf("\\E", from);
      return end < 0 ? expression.length() : end + 2;
    }
    return Math.min(expression.length(), from + 2);
  }

  /** Where a class ends; its first character may be a closing bracket. */
  private static int characterClass(String expression, int from) {
    int i = from + 1;
    if (expression.startsWith("^", i)) {
      i++;
    }
    if (expression.startsWith("]", i)) {
      i++;
    }
    while (i < expression.length() && expression.charAt(i) != ']') {
      int named = expression.startsWith("[:", i) ? expression.indexOf(":]", i) : -1;
      i = named > 0 ? named + 2 : i + (expression.charAt(i) == '\\' ? 2 : 1);
    }
    return Math.min(expression.length(), i + 1);
  }

  /** The larger number of {@code n}, {@code n,} and {@code n,m}; 1 for anything else. */
  private static long times(String counts) {
    long times = 1;
    for (String count : counts.split(",", -1)) {
      if (count.matches("[0-9]{1,6}")) {
        times = Math.max(times, Long.parseLong(count));
      }
    }
    return times;
  }
}
