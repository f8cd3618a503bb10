package io.convoy.policy;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parsing of one document: knows where each of its fields stands, and gathers warnings. */
final class Reading {
  private static final int MAX_MESSAGE = 1000;

  private final RawDocument raw;
  private final Map<String, Integer> lines = new HashMap<>();
  private final Set<String> secrets = new HashSet<>();
  private final List<String> warnings = new ArrayList<>();

  Reading(RawDocument raw) {
    this.raw = raw;
  }

  RawDocument raw() {
    return raw;
  }

  /** The document as a whole. */
  At top() {
    return new At(this, "");
  }

  /** Remembers the line, of the text, where the field at {@code path} stands. */
  void line(String path, int line) {
    lines.put(path, line);
  }

  /** What the field at {@code path} holds is in no message. */
  void secret(String path) {
    secrets.add(path);
  }

  /** Whether the field is a secret, or inside one. */
  boolean isSecret(String path) {
    return secrets.stream()
        .anyMatch(secret ->
            path.equals(secret) || path.startsWith(secret + ".") || path.startsWith(secret + "["));
  }

  ImmutableList<String> warnings() {
    return ImmutableList.copyOf(warnings);
  }

  /** A refusal of the text at one of its lines. */
  Refusal refusal(int line, String words) {
    return new Refusal(oneLine(place(line) + ": " + words));
  }

  Refusal refusal(String path, String words) {
    return new Refusal(message(path, words));
  }

  void warn(String path, String words) {
    warnings.add(message(path, words));
  }

  private String message(String path, String words) {
    return oneLine(place(line(path)) + ": " + (path.isEmpty() ? "" : path + ": ") + words);
  }

  /** Whatever a document holds, what is said about it is a line that a person can read. */
  private static String oneLine(String message) {
    String line = CharMatcher.javaIsoControl().replaceFrom(message, ' ');
    return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "...";
  }

  private String place(int line) {
    return raw.location() + ":" + (raw.line() + line - 1);
  }

  /** The line of the field, or of the nearest that holds it. */
  private int line(String path) {
    String at = path;
    while (!at.isEmpty()) {
      @Nullable Integer line = lines.get(at);
      if (line != null) {
        return line;
      }
      at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
    }
    return 1;
  }
}
