package io.convoy.translation.http;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.policy.RequestMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.Optional;
import java.util.Set;

/** Envoy's matchers of headers, for the parts of a {@link RequestMatch}. */
public final class HeaderMatchers {
  private HeaderMatchers() {}

  /** A header that a request must have. */
  public static HeaderMatcher header(RequestMatch.Header header) {
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

  /**
   * The path as a header. The header {@code :path} holds the query too, which the expressions let
   * follow.
   */
  public static HeaderMatcher path(RequestMatch.Path path) {
    StringMatcher matcher =
        switch (path) {
          case RequestMatch.Path.Exact exact ->
              matching((exact.ignoreCase() ? "(?i)" : "") + quote(exact.value()) + "(\\?.*)?");
          case RequestMatch.Path.Prefix prefix ->
              StringMatcher.newBuilder()
                  .setPrefix(prefix.value())
                  .setIgnoreCase(prefix.ignoreCase())
                  .build();
          case RequestMatch.Path.Regex regex -> matching("(?:" + regex.value() + ")(?:\\?.*)?");
        };
    return HeaderMatcher.newBuilder().setName(":path").setStringMatch(matcher).build();
  }

  /** {@code methods}: in upper case; any of them will do. */
  public static HeaderMatcher method(Set<String> methods) {
    StringMatcher matcher =
        methods.size() == 1
            ? StringMatcher.newBuilder().setExact(methods.iterator().next()).build()
            : matching(Joiner.on('|').join(ImmutableSortedSet.copyOf(methods)));
    return HeaderMatcher.newBuilder().setName(":method").setStringMatch(matcher).build();
  }

  /** What a value must be; empty for mere presence. */
  public static Optional<StringMatcher> value(RequestMatch.Value value) {
    var result = StringMatcher.newBuilder();
    switch (value) {
      case RequestMatch.Value.Present _ -> {
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

  /** An RE2 expression, which must match the whole of a text. */
  public static RegexMatcher regex(String expression) {
    return RegexMatcher.newBuilder().setRegex(expression).build();
  }

  /** The text as an RE2 expression that matches it alone. */
  public static String quote(String text) {
    return text.replaceAll("[.\\\\\\[\\](){}*+?^$|]", "\\\\$0");
  }

  private static StringMatcher matching(String expression) {
    return StringMatcher.newBuilder().setSafeRegex(regex(expression)).build();
  }
}
