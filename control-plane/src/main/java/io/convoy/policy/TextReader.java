package io.convoy.policy;

import com.google.common.base.CharMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a text, YAML or JSON, into a {@link Value}. Bounded: no text makes it use much memory or
 * time.
 */
final class TextReader {
  /** Consul holds at most 512 KiB in a key. */
  static final int MAX_LENGTH = 1 << 20;

  static final int MAX_DEPTH = 50;

  /** Bounds what aliases can make of a short text. */
  static final int MAX_VALUES = 100_000;

  private int values;

  private TextReader() {}

  /** A text that cannot be read. {@code line}: of the text, from 1; 0 where none is to blame. */
  static final class Unreadable extends Exception {
    private final int line;

    Unreadable(int line, String message) {
      super(message, null, false, false);
      this.line = line;
    }

    int line() {
      return line;
    }

    /** Never null, as {@link #getMessage} might be. */
    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * Reads one document. A text whose first character is an opening brace is read as JSON, then as
   * YAML, whose flow style begins in the same way.
   */
  static Value read(String text) throws Unreadable {
    check(text);
    String start = CharMatcher.whitespace().trimLeadingFrom(text);
    if (!start.startsWith("{") && !start.startsWith("[")) {
      return YamlReader.read(text, new TextReader());
    }
    try {
      return JsonReader.read(text, new TextReader());
    } catch (Unreadable notJson) {
      if (looksLikeJson(start)) {
        throw notJson;
      }
      return YamlReader.read(text, new TextReader());
    }
  }

  /** Reads JSON and nothing else. */
  static Value json(String text) throws Unreadable {
    check(text);
    return JsonReader.read(text, new TextReader());
  }

  private static boolean looksLikeJson(String start) {
    String next = CharMatcher.whitespace().trimLeadingFrom(start.substring(1));
    return next.isEmpty() || "\"}".indexOf(next.charAt(0)) >= 0;
  }

  private static void check(String text) throws Unreadable {
    if (text.length() > MAX_LENGTH) {
      throw new Unreadable(
          0, "had " + text.length() + " characters, expected at most " + MAX_LENGTH);
    }
    int broken = text.indexOf('\uFFFD');
    if (broken >= 0) {
      int line = 1 + CharMatcher.is('\n').countIn(text.substring(0, broken));
      throw new Unreadable(line, "had bytes that are not UTF-8");
    }
  }

  /** Counts a value towards the limits. */
  void count(int line, int depth) throws Unreadable {
    if (++values > MAX_VALUES) {
      throw new Unreadable(line, "had more than " + MAX_VALUES + " values");
    }
    if (depth > MAX_DEPTH) {
      throw new Unreadable(line, "had more than " + MAX_DEPTH + " levels of nesting");
    }
  }

  static Value.Scalar scalar(int line, Value.ScalarType type, String text) throws Unreadable {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new Unreadable(line, "had half of a surrogate pair");
      }
    }
    return new Value.Scalar(line, type, text);
  }

  /** A mapping under way: refuses a key that is given twice. */
  static final class Members {
    private final List<Value.Member> members = new ArrayList<>();
    private final Map<String, Integer> lines = new HashMap<>();

    void add(String key, int line, Value value) throws Unreadable {
      Integer first = lines.putIfAbsent(key, line);
      if (first != null) {
        throw new Unreadable(
            line,
            "had the key " + Value.quoted(key) + " a second time (first on line " + first + ")");
      }
      members.add(new Value.Member(key, line, value));
    }

    Value.Mapping done(int line) {
      return new Value.Mapping(line, List.copyOf(members));
    }
  }
}
