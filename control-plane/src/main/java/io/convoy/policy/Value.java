package io.convoy.policy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a text holds, be it YAML or JSON, with the lines where it stands; the first line is 1. */
sealed interface Value {
  int line();

  /** Keys are unique. */
  record Mapping(int line, List<Member> members) implements Value {}

  record Sequence(int line, List<Value> items) implements Value {}

  /** {@code text}: for a number as it is written. */
  record Scalar(int line, ScalarType type, String text) implements Value {
    private @Nullable Object plainScalar() {
      return switch (type) {
        case STRING -> text;
        case BOOLEAN -> Boolean.valueOf(text);
        case NULL -> null;
        case INTEGER, DECIMAL -> number();
      };
    }

    /** Some of YAML's numbers, such as {@code .inf}, have no form in JSON. */
    private Object number() {
      try {
        return new BigDecimal(text);
      } catch (NumberFormatException e) {
        return text;
      }
    }
  }

  /** {@code line}: the key's. */
  record Member(String key, int line, Value value) {}

  /** What a scalar is, by YAML's core schema (1.2): {@code yes} and {@code 12:30} are strings. */
  enum ScalarType {
    STRING,
    INTEGER,
    DECIMAL,
    BOOLEAN,
    NULL
  }

  /** As an error message shows it: short, on one line. */
  default String shown() {
    return switch (this) {
      case Mapping mapping -> "a mapping";
      case Sequence sequence -> "a list";
      case Scalar scalar ->
          scalar.type() == ScalarType.STRING ? quoted(scalar.text()) : cut(scalar.text());
    };
  }

  /** As maps, lists, strings, numbers, booleans and nulls, for those who write JSON. */
  default @Nullable Object plain() {
    return switch (this) {
      case Mapping mapping -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        mapping.members().forEach(member -> members.put(member.key(), member.value().plain()));
        yield members;
      }
      case Sequence sequence -> {
        List<@Nullable Object> items = new ArrayList<>();
        sequence.items().forEach(item -> items.add(item.plain()));
        yield items;
      }
      case Scalar scalar -> scalar.plainScalar();
    };
  }

  /** Whether it says no more than a field that is left out: Go's zero value. */
  default boolean zero() {
    return switch (this) {
      case Mapping mapping -> mapping.members().stream().allMatch(member -> member.value().zero());
      case Sequence sequence -> sequence.items().isEmpty();
      case Scalar scalar ->
          switch (scalar.type()) {
            case NULL -> true;
            case STRING -> scalar.text().isEmpty();
            case BOOLEAN -> !Boolean.parseBoolean(scalar.text());
            case INTEGER, DECIMAL -> scalar.text().matches("[-+]?0+([.]0*)?");
          };
    };
  }

  /** {@code text} in quotes, with what does not print escaped, and no longer than a line. */
  static String quoted(String text) {
    var shown = new StringBuilder("\"");
    cut(text)
        .codePoints()
        .forEach(point -> {
          if (Character.isISOControl(point)) {
            shown.append(String.format("\\u%04x", point));
          } else {
            shown.appendCodePoint(point);
          }
        });
    return shown.append('"').toString();
  }

  private static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }
}
