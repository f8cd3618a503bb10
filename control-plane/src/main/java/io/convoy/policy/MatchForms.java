package io.convoy.policy;

/** The two fields, {@code Match} and {@code Value}, that say what a path or a header must be. */
final class MatchForms {
  private MatchForms() {}

  /** {@code at}: the message that has the two fields. */
  static RequestMatch.Path path(At at, String match, String value) {
    At here = at.field("Value");
    return switch (match) {
      case "exact" -> new RequestMatch.Path.Exact(HttpChecks.path(here, value), false);
      case "prefix" -> new RequestMatch.Path.Prefix(HttpChecks.path(here, value), false);
      case "regex" -> new RequestMatch.Path.Regex(HttpChecks.regex(here, value));
      default ->
          throw at.field("Match")
              .refusal(Value.quoted(match), "expected one of exact, prefix, regex");
    };
  }

  /** What a header must be; {@code at}: the message that has the two fields. */
  static RequestMatch.Value header(At at, String match, String value) {
    String checked = HttpChecks.headerValue(at.field("Value"), value);
    return switch (match) {
      case "exact" -> new RequestMatch.Value.Exact(checked, false);
      case "prefix" -> new RequestMatch.Value.Prefix(given(at, checked), false);
      case "suffix" -> new RequestMatch.Value.Suffix(given(at, checked), false);
      case "regex" -> new RequestMatch.Value.Regex(HttpChecks.regex(at.field("Value"), checked));
      case "present" -> present(at, checked);
      default ->
          throw at.field("Match")
              .refusal(
                  Value.quoted(match), "expected one of exact, prefix, suffix, regex, present");
    };
  }

  /** Envoy takes no empty prefix or suffix. */
  private static String given(At at, String value) {
    at.field("Value").require(!value.isEmpty(), "\"\"", "expected a value");
    return value;
  }

  static RequestMatch.Value present(At at, String value) {
    if (!value.isEmpty()) {
      at.field("Value").warn("has no effect: present takes any value");
    }
    return new RequestMatch.Value.Present();
  }
}
