package io.convoy.admin;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.re2j.Pattern;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;

/** How Envoy finds the route of a request, as far as Convoy's routes use it. */
final class RouteMatching {
  private RouteMatching() {}

  /**
   * The virtual host of a host: by its name, else the longest suffix {@code *.NAME}, else every
   * host's (Envoy's documentation of {@code VirtualHost.domains}).
   */
  static Optional<VirtualHost> virtualHost(RouteConfiguration routes, String host) {
    return routes.getVirtualHostsList().stream()
        .filter(virtual -> specificity(virtual, host) >= 0)
        .max(Comparator.comparingInt(virtual -> specificity(virtual, host)));
  }

  private static int specificity(VirtualHost virtual, String host) {
    return virtual.getDomainsList().stream()
        .mapToInt(domain -> specificity(Ascii.toLowerCase(domain), host))
        .max()
        .orElse(-1);
  }

  private static int specificity(String domain, String host) {
    if (domain.equals(host)) {
      return Integer.MAX_VALUE;
    }
    boolean covers =
        domain.startsWith("*")
            && host.length() >= domain.length()
            && host.endsWith(domain.substring(1));
    return domain.equals("*") ? 0 : covers ? domain.length() : -1;
  }

  /** Whether the path is one of those that the route takes. */
  static boolean takesPath(RouteMatch match, String path) {
    boolean ignoreCase = match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
    String had = ignoreCase ? Ascii.toLowerCase(path) : path;
    return switch (match.getPathSpecifierCase()) {
      case PREFIX -> had.startsWith(cased(match.getPrefix(), ignoreCase));
      case PATH -> had.equals(cased(match.getPath(), ignoreCase));
      case SAFE_REGEX -> Pattern.matches(match.getSafeRegex().getRegex(), path);
      case PATH_SEPARATED_PREFIX -> {
        String prefix = cased(match.getPathSeparatedPrefix(), ignoreCase);
        yield had.equals(prefix) || had.startsWith(prefix + "/");
      }
      case CONNECT_MATCHER, PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET -> false;
    };
  }

  private static String cased(String text, boolean ignoreCase) {
    return ignoreCase ? Ascii.toLowerCase(text) : text;
  }

  /** Why a route that takes the path does not take the request; empty when it does. */
  static ImmutableList<String> mismatches(RouteMatch match, AskedRequest request) {
    var mismatches = ImmutableList.<String>builder();
    for (HeaderMatcher header : match.getHeadersList()) {
      if (!matches(header, request)) {
        mismatches.add(wanted(header));
      }
    }
    for (QueryParameterMatcher query : match.getQueryParametersList()) {
      if (!matches(query, request)) {
        mismatches.add(
            "query parameter %s %s"
                .formatted(
                    query.getName(),
                    query.hasStringMatch() ? wanted(query.getStringMatch()) : "is not there"));
      }
    }
    return mismatches.build();
  }

  private static boolean matches(HeaderMatcher matcher, AskedRequest request) {
    Optional<String> had =
        switch (matcher.getName()) {
          case ":method" -> Optional.of(request.method());
          case ":path" -> Optional.of(request.path());
          case ":authority", "host" -> Optional.of(request.host());
          default ->
              Optional.ofNullable(request.headers().get(Ascii.toLowerCase(matcher.getName())));
        };
    if (matcher.getHeaderMatchSpecifierCase()
        == HeaderMatcher.HeaderMatchSpecifierCase.STRING_MATCH) {
      Optional<String> value =
          matcher.getTreatMissingHeaderAsEmpty() ? had.or(() -> Optional.of("")) : had;
      return value.isPresent()
          && value.filter(matching(matcher.getStringMatch())).isPresent()
              != matcher.getInvertMatch();
    }
    return had.isPresent() == matcher.getPresentMatch() != matcher.getInvertMatch();
  }

  private static boolean matches(QueryParameterMatcher matcher, AskedRequest request) {
    var values = request.query().get(matcher.getName());
    // Envoy looks at the first of several.
    return matcher.hasStringMatch()
        ? values.stream().findFirst().filter(matching(matcher.getStringMatch())).isPresent()
        : values.isEmpty() != matcher.getPresentMatch();
  }

  private static Predicate<String> matching(StringMatcher matcher) {
    boolean ignoreCase = matcher.getIgnoreCase();
    return had -> {
      String text = cased(had, ignoreCase);
      return switch (matcher.getMatchPatternCase()) {
        case EXACT -> text.equals(cased(matcher.getExact(), ignoreCase));
        case PREFIX -> text.startsWith(cased(matcher.getPrefix(), ignoreCase));
        case SUFFIX -> text.endsWith(cased(matcher.getSuffix(), ignoreCase));
        case CONTAINS -> text.contains(cased(matcher.getContains(), ignoreCase));
        case SAFE_REGEX -> Pattern.matches(matcher.getSafeRegex().getRegex(), had);
        case CUSTOM, MATCHPATTERN_NOT_SET -> false;
      };
    };
  }

  private static String wanted(HeaderMatcher header) {
    String what =
        header.getName().equals(":method")
            ? "method"
            : header.getName().equals(":path") ? "path" : "header " + header.getName();
    boolean text =
        header.getHeaderMatchSpecifierCase() == HeaderMatcher.HeaderMatchSpecifierCase.STRING_MATCH;
    if (header.getInvertMatch()) {
      return what + (text ? " is one that it must not be" : " is there");
    }
    return what + " " + (text ? wanted(header.getStringMatch()) : "is not there");
  }

  private static String wanted(StringMatcher matcher) {
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> "is not \"" + matcher.getExact() + "\"";
      case PREFIX -> "does not start with \"" + matcher.getPrefix() + "\"";
      case SUFFIX -> "does not end with \"" + matcher.getSuffix() + "\"";
      case CONTAINS -> "does not contain \"" + matcher.getContains() + "\"";
      case SAFE_REGEX -> "does not match " + matcher.getSafeRegex().getRegex();
      case CUSTOM, MATCHPATTERN_NOT_SET -> "does not match";
    };
  }
}
