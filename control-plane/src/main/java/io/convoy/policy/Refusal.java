package io.convoy.policy;

/** A document cannot be accepted; the message is the whole line that its writer gets. */
final class Refusal extends RuntimeException {
  Refusal(String message) {
    super(message, null, false, false);
  }

  /** Never null, as {@link #getMessage} might be. */
  String reason() {
    return String.valueOf(getMessage());
  }
}
