package io.convoy.policy;

import java.util.Optional;
import java.util.OptionalInt;

/** Fields of messages that may be left out. */
final class Optionals {
  private Optionals() {}

  /** Zero stands for what is left out. */
  static OptionalInt aboveZero(int number) {
    return number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
  }

  static OptionalInt given(boolean given, int number) {
    return given ? OptionalInt.of(number) : OptionalInt.empty();
  }

  static OptionalInt or(OptionalInt number, OptionalInt other) {
    return number.isPresent() ? number : other;
  }

  /** An empty text stands for what is left out. */
  static Optional<String> given(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /** {@code text}, or {@code other} where it is left out. */
  static String or(String text, String other) {
    return text.isEmpty() ? other : text;
  }
}
