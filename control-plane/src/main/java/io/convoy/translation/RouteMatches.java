package io.convoy.translation;

import com.google.protobuf.BoolValue;
import io.convoy.policy.RequestMatch;
import io.convoy.translation.http.HeaderMatchers;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;

/** Envoy's matchers for a {@link RequestMatch}. */
final class RouteMatches {
  private RouteMatches() {}

  /** The path is {@code paths}'; the rest is {@code match}'s. */
  static RouteMatch of(PathRule paths, RequestMatch match) {
    var result = RouteMatch.newBuilder();
    path(result, paths.path());
    paths.also().ifPresent(path -> result.addHeaders(HeaderMatchers.path(path)));
    if (!match.methods().isEmpty()) {
      result.addHeaders(HeaderMatchers.method(match.methods()));
    }
    match.headers().forEach(header -> result.addHeaders(HeaderMatchers.header(header)));
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
      case RequestMatch.Path.Regex regex ->
          result.setSafeRegex(HeaderMatchers.regex(regex.value()));
    }
  }

  private static void ignoreCase(RouteMatch.Builder result, boolean ignoreCase) {
    if (ignoreCase) {
      result.setCaseSensitive(BoolValue.of(false));
    }
  }

  private static QueryParameterMatcher query(RequestMatch.Query query) {
    var result = QueryParameterMatcher.newBuilder().setName(query.name());
    HeaderMatchers.value(query.value())
        .ifPresentOrElse(result::setStringMatch, () -> result.setPresentMatch(true));
    return result.build();
  }
}
