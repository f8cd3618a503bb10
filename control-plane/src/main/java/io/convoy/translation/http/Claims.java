package io.convoy.translation.http;

import java.util.List;

/** Claims of a verified token in Envoy's expression language, CEL. */
final class Claims {
  /** Where {@code jwt_authn} leaves the payload: no client can write there. */
  private static final String PAYLOAD =
      "metadata.filter_metadata[\"envoy.filters.http.jwt_authn\"][\"jwt\"]";

  private Claims() {}

  /** The value of the claim that the names lead to; an error, which matches nothing, without it. */
  static String value(List<String> path) {
    var expression = new StringBuilder(PAYLOAD);
    path.forEach(name -> expression.append('[').append(quoted(name)).append(']'));
    return expression.toString();
  }

  /** Whether the claim that the names lead to is there. */
  static String given(List<String> path) {
    return quoted(path.getLast()) + " in " + value(path.subList(0, path.size() - 1));
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(point -> {
          if (point == '"' || point == '\\') {
            quoted.append('\\').appendCodePoint(point);
          } else if (Character.isISOControl(point)) {
            quoted.append(String.format("\\u%04x", point));
          } else {
            quoted.appendCodePoint(point);
          }
        });
    return quoted.append('"').toString();
  }
}
