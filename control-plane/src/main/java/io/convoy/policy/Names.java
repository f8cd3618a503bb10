package io.convoy.policy;

import com.google.common.base.CharMatcher;

/** What may name a document or a service. */
final class Names {
  static final String EXPECTED =
      "expected 1 to 253 characters without blanks, control characters and slashes";

  private static final CharMatcher BAD =
      CharMatcher.whitespace().or(CharMatcher.javaIsoControl()).or(CharMatcher.is('/'));

  private Names() {}

  /** Names become parts of KV keys, of paths and of Envoy's resource names. */
  static boolean valid(String name) {
    return !name.isEmpty() && name.length() <= 253 && BAD.matchesNoneOf(name);
  }
}
