package io.convoy.policy;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Guesses what somebody meant to write. */
final class Suggestion {
  private static final int FAR = 3;

  private Suggestion() {}

  /** {@code ; did you mean "…"?}, or nothing where no known word is close. */
  static String among(Collection<String> known, String word) {
    if (word.length() > 60) {
      return "";
    }
    return known.stream()
        .filter(candidate -> distance(plain(candidate), plain(word)) < Math.min(FAR, word.length()))
        .min(Comparator.comparingInt(candidate -> distance(plain(candidate), plain(word))))
        .map(candidate -> "; did you mean " + Value.quoted(candidate) + "?")
        .orElse("");
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(change, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
