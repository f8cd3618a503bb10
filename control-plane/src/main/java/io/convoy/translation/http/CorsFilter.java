package io.convoy.translation.http;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import io.convoy.policy.Cors.Origin;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;

/** Envoy's CORS filter: answers preflights, and says in responses who may read them. */
public final class CorsFilter {
  public static final String NAME = "envoy.filters.http.cors";

  /** Not passed until a route says what. */
  static final HttpFilter FILTER =
      HttpFilter.newBuilder()
          .setName(NAME)
          .setDisabled(true)
          .setTypedConfig(Any.pack(Cors.getDefaultInstance()))
          .build();

  private CorsFilter() {}

  /** For a route's {@link #NAME}. */
  public static Any perRoute(io.convoy.policy.Cors cors) {
    var policy =
        CorsPolicy.newBuilder()
            .setAllowMethods(list(cors.methods()))
            .setAllowHeaders(list(cors.headers()))
            .setExposeHeaders(list(cors.exposed()))
            .setAllowCredentials(BoolValue.of(cors.credentials()));
    cors.origins().forEach(origin -> policy.addAllowOriginStringMatch(matcher(origin)));
    cors.maxAge().ifPresent(age -> policy.setMaxAge(Long.toString(age.toSeconds())));
    return Any.pack(policy.build());
  }

  private static String list(ImmutableSet<String> names) {
    return String.join(",", names);
  }

  private static StringMatcher matcher(Origin origin) {
    var matcher = StringMatcher.newBuilder();
    switch (origin) {
      // Envoy asks for the text * besides the request's origin.
      case Origin.Any _ -> matcher.setExact("*");
      case Origin.Exact(String value) -> matcher.setExact(value);
      case Origin.Wildcard(String value) ->
          matcher.setSafeRegex(HeaderMatchers.regex(expression(value)));
      case Origin.Regex(String value) -> matcher.setSafeRegex(HeaderMatchers.regex(value));
    }
    return matcher.build();
  }

  /** Names and ports only, so that nothing else of an origin is taken for a part of one. */
  private static String expression(String wildcard) {
    return HeaderMatchers.quote(wildcard)
        .replace("//\\*\\.", "//([a-z0-9_-]+\\.)+")
        .replace(":\\*", "(:[0-9]+)?");
  }
}
