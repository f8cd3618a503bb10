package io.convoy.xds;

import com.google.common.collect.ImmutableSet;
import java.util.Collection;

/**
 * Finds the refused resources in Envoy's words. Envoy names clusters and listeners ({@code Error
 * adding/updating cluster(s) user: …}), other types only sometimes.
 */
final class Culprits {
  private Culprits() {}

  /** Those of {@code names} that stand in {@code message} as a word of their own. */
  static ImmutableSet<String> named(String message, Collection<String> names) {
    return names.stream()
        .filter(name -> stands(message, name))
        .collect(ImmutableSet.toImmutableSet());
  }

  private static boolean stands(String message, String name) {
    if (name.isEmpty()) {
      return false;
    }
    for (int at = message.indexOf(name); at >= 0; at = message.indexOf(name, at + 1)) {
      int end = at + name.length();
      boolean starts = at == 0 || !partOfName(message.charAt(at - 1));
      if (starts && ends(message, end)) {
        return true;
      }
    }
    return false;
  }

  /** A full stop or a colon ends a name when a space, or nothing, follows. */
  private static boolean ends(String message, int end) {
    if (end == message.length()) {
      return true;
    }
    char next = message.charAt(end);
    boolean punctuation = next == '.' || next == ':';
    return punctuation
        ? end + 1 == message.length() || Character.isWhitespace(message.charAt(end + 1))
        : !partOfName(next);
  }

  private static boolean partOfName(char c) {
    return Character.isLetterOrDigit(c) || "_-./:~".indexOf(c) >= 0;
  }
}
