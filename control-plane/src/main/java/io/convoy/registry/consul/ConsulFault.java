package io.convoy.registry.consul;

import java.util.Locale;

/**
 * A query that Consul did not answer as it should have. The message is one line for people: who
 * answered what, and what to do. It names the query only when that matters, so that one cause has
 * one message.
 */
final class ConsulFault extends Exception {

  /** The label of a metric, and what decides how to go on. */
  enum Reason {
    UNREACHABLE,
    TLS,
    TIMEOUT,
    FORBIDDEN,
    TOO_MANY_REQUESTS,
    NO_LEADER,
    SERVER_ERROR,
    NOT_CONSUL,
    NOT_SUPPORTED,
    TRUNCATED,
    MALFORMED,
    CONFIGURATION;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Reason reason;

  ConsulFault(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
