package io.convoy.cli;

import java.util.Collection;
import java.util.Comparator;

/** What was probably meant. */
final class Suggestion {
  private Suggestion() {}

  /** {@code "; did you mean NAME?"} with the nearest name, or empty when none is near. */
  static String among(Collection<String> names, String had) {
    return names.stream()
        .min(Comparator.comparingInt((String name) -> distance(name, had)).thenComparing(n -> n))
        .filter(name -> distance(name, had) <= Math.max(1, had.length() / 3))
        .map(name -> "; did you mean " + name + "?")
        .orElse("");
  }

  // Levenshtein's.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
