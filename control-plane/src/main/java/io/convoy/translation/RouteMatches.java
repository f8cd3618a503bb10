package io.convoy.translation;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableSortedSet;
import com.google.protobuf.BoolValue;
import io.convoy.policy.RequestMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.Optional;

/** Envoy's matchers for a {@link RequestMatch}. */
final class RouteMatches {
  private RouteMatches() {}

  /** The path is {@code paths}'; the rest is {@code match}'s. */
  static RouteMatch of(PathRule paths, RequestMatch match) {
    var result = RouteMatch.newBuilder();
    path(result, paths.path());
    paths.also().ifPresent(path -> result.addHeaders(pathHeader(path)));
    if (!match.methods().isEmpty()) {
      result.addHeaders(method(match));
    }
    match.headers().forEach(header -> result.addHeaders(header(header)));
    match.query().forEach(query -> result.addQueryParameters(query(query)));
    return result.build();
  }

  private static void path(RouteMatch.Builder result, RequestMatch.Path path) {
    switch (path) {
      case RequestMatch.Path.Exact exact -> {
        result.setPath(exact.value());
        ignoreCase(result, exact.ignoreCase());
      }
      case RequestMatch.Path.Prefix prefix -> {
        result.setPrefix(prefix.value());
        ignoreCase(result, prefix.ignoreCase());
      }
      case RequestMatch.Path.Regex regex -> result.setSafeRegex(regex(regex.value()));
    }
  }

  private static void ignoreCase(RouteMatch.Builder result, boolean ignoreCase) {
    if (ignoreCase) {
      result.setCaseSensitive(BoolValue.of(false));
    }
  }

  /**
   * A second condition on the path. The header {@code :path} holds the query too, which the
   * expression for an exact path must let follow.
   */
  private static HeaderMatcher pathHeader(RequestMatch.Path path) {
    StringMatcher matcher =
        switch (path) {
          case RequestMatch.Path.Exact exact ->
              StringMatcher.newBuilder()
                  .setSafeRegex(
                      regex((exact.ignoreCase() ? "(?i)" : "") + quote(exact.value()) + "(\\?.*)?"))
                  .build();
          case RequestMatch.Path.Prefix prefix ->
              StringMatcher.newBuilder()
                  .setPrefix(prefix.value())
                  .setIgnoreCase(prefix.ignoreCase())
                  .build();
          case RequestMatch.Path.Regex regex ->
              throw new IllegalArgumentException("a regular expression is matched as the path");
        };
    return HeaderMatcher.newBuilder().setName(":path").setStringMatch(matcher).build();
  }

  private static HeaderMatcher method(RequestMatch match) {
    var methods = ImmutableSortedSet.copyOf(match.methods());
    var matcher = StringMatcher.newBuilder();
    if (methods.size() == 1) {
      matcher.setExact(methods.first());
    } else {
      matcher.setSafeRegex(regex(Joiner.on('|').join(methods)));
    }
    return HeaderMatcher.newBuilder().setName(":method").setStringMatch(matcher).build();
  }

  private static HeaderMatcher header(RequestMatch.Header header) {
    var result = HeaderMatcher.newBuilder().setName(header.name()).setInvertMatch(header.invert());
    Optional<StringMatcher> matcher = value(header.value());
    if (matcher.isEmpty()) {
      return result.setPresentMatch(true).build();
    }
    // Envoy takes an absent header for a mismatch, inverted or not, unless it counts as empty.
    return result
        .setStringMatch(matcher.get())
        .setTreatMissingHeaderAsEmpty(header.invert())
        .build();
  }

  private static QueryParameterMatcher query(RequestMatch.Query query) {
    var result = QueryParameterMatcher.newBuilder().setName(query.name());
    value(query.value())
        .ifPresentOrElse(result::setStringMatch, () -> result.setPresentMatch(true));
    return result.build();
  }

  /** Empty for mere presence. */
  private static Optional<StringMatcher> value(RequestMatch.Value value) {
    var result = StringMatcher.newBuilder();
    switch (value) {
      case RequestMatch.Value.Present present -> {
        return Optional.empty();
      }
      case RequestMatch.Value.Exact exact ->
          result.setExact(exact.value()).setIgnoreCase(exact.ignoreCase());
      case RequestMatch.Value.Prefix prefix ->
          result.setPrefix(prefix.value()).setIgnoreCase(prefix.ignoreCase());
      case RequestMatch.Value.Suffix suffix ->
          result.setSuffix(suffix.value()).setIgnoreCase(suffix.ignoreCase());
      case RequestMatch.Value.Contains contains ->
          result.setContains(contains.value()).setIgnoreCase(contains.ignoreCase());
      case RequestMatch.Value.Regex regex -> result.setSafeRegex(regex(regex.value()));
    }
    return Optional.of(result.build());
  }

  static RegexMatcher regex(String expression) {
    return RegexMatcher.newBuilder().setRegex(expression).build();
  }

  /** The text as an RE2 expression that matches it alone. */
  static String quote(String text) {
    return text.replaceAll("[.\\\\\\[\\](){}*+?^$|]", "\\\\$0");
  }
}
