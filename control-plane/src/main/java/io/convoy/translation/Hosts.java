package io.convoy.translation;

import java.util.Optional;
import java.util.regex.Pattern;

/** Host names of virtual hosts: exact, {@code *.suffix}, or {@code *} for every host. */
final class Hosts {
  static final String EVERY = "*";

  private static final Pattern HOSTNAME =
      Pattern.compile(
          "(\\*\\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

  private Hosts() {}

  /** Whether this is a lower-case host name or {@code *.suffix}. */
  static boolean isHostname(String host) {
    return host.length() <= 253 && HOSTNAME.matcher(host).matches();
  }

  /** Whether every host that {@code narrow} stands for is one that {@code wide} stands for. */
  static boolean covers(String wide, String narrow) {
    return wide.equals(EVERY)
        || wide.equals(narrow)
        || (wide.startsWith("*.")
            && narrow.endsWith(wide.substring(1))
            && narrow.length() > wide.length() - 1);
  }

  /** The hosts that both stand for: one of the two, or none. */
  static Optional<String> intersection(String a, String b) {
    return covers(a, b) ? Optional.of(b) : covers(b, a) ? Optional.of(a) : Optional.empty();
  }
}
