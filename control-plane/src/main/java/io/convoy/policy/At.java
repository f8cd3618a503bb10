package io.convoy.policy;

import com.google.protobuf.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A field of a document that is being read: where a refusal or a warning points. */
record At(Reading reading, String path) {

  /** The field of this message. */
  At field(String name) {
    return new At(reading, path.isEmpty() ? name : path + "." + name);
  }

  /** The field that a document has and no message does; its name may be anything. */
  At unknown(String name) {
    return field(name.matches("\\w{1,80}") ? name : Value.quoted(name));
  }

  /** The item of this list, from 0. */
  At index(int index) {
    return new At(reading, path + "[" + index + "]");
  }

  /** The entry of this mapping. */
  At key(String key) {
    return new At(reading, path + "[" + Value.quoted(key) + "]");
  }

  /** {@code had}: as {@link Value#shown} shows it; {@code expected} begins with that word. */
  Refusal refusal(String had, String expected) {
    String shown = reading.isSecret(path) ? "a secret" : had;
    return reading.refusal(path, "had " + shown + ", " + expected);
  }

  /** What the field holds is in no message from now on. */
  At secret() {
    reading.secret(path);
    return this;
  }

  void warn(String words) {
    reading.warn(path, words);
  }

  /** Refuses the field unless {@code condition} holds. */
  void require(boolean condition, String had, String expected) {
    if (!condition) {
      throw refusal(had, expected);
    }
  }

  /** The name of a service, a gateway or a document. */
  String name(String name) {
    require(Names.valid(name), Value.quoted(name), Names.EXPECTED);
    return name;
  }

  /** What {@code word} stands for. */
  <T> T oneOf(Map<String, T> choices, String word) {
    T choice = choices.get(word);
    if (choice == null) {
      throw refusal(
          Value.quoted(word),
          "expected one of "
              + String.join(", ", choices.keySet())
              + Suggestion.among(choices.keySet(), word));
    }
    return choice;
  }

  /** What {@code word}, in any case, stands for; the choices are in lower case. */
  <T> T oneOfAnyCase(Map<String, T> choices, String word) {
    return oneOf(choices, word.toLowerCase(Locale.ROOT));
  }

  /** A number within bounds. */
  int range(int number, int least, int most) {
    require(
        number >= least && number <= most,
        Integer.toString(number),
        "expected a whole number from " + least + " to " + most);
    return number;
  }

  /** A share of a whole; left out, all of it. */
  double percentage(boolean given, double number) {
    double percent = given ? number : 100;
    require(
        percent >= 0 && percent <= 100,
        Double.toString(percent),
        "expected a number from 0 to 100");
    return percent;
  }

  /** A time that Envoy counts in whole milliseconds, where it is given: at least one of them. */
  Optional<java.time.Duration> millis(boolean given, Duration value) {
    Optional<java.time.Duration> duration = given ? Optional.of(duration(value)) : Optional.empty();
    duration.ifPresent(time ->
        require(
            time.toMillis() >= 1, GoDuration.shown(time), "expected a duration of 1ms or more"));
    return duration;
  }

  /** A time that must be above zero, where it is given. */
  Optional<java.time.Duration> positive(boolean given, Duration value) {
    if (!given) {
      return Optional.empty();
    }
    var duration = duration(value);
    require(duration.isPositive(), GoDuration.shown(duration), "expected a duration above 0");
    return Optional.of(duration);
  }

  /** A timeout that zero and, as in Consul, every negative duration switches off. */
  Optional<java.time.Duration> timeout(boolean given, Duration value) {
    if (!given) {
      return Optional.empty();
    }
    var duration = duration(value);
    return Optional.of(duration.isNegative() ? java.time.Duration.ZERO : duration);
  }

  private static java.time.Duration duration(Duration value) {
    return java.time.Duration.ofSeconds(value.getSeconds(), value.getNanos());
  }
}
