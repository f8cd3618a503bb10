package io.convoy.translation;

import com.google.re2j.Pattern;
import io.convoy.policy.RequestMatch.Path;
import io.convoy.translation.PathRule.Rewrite;
import io.convoy.translation.http.HeaderMatchers;
import java.util.Optional;

/**
 * Combines the path rule of a route with that of the {@code service-router} behind it into one that
 * Envoy can match on the path as the client sent it. The router sees what the service would see:
 * the path after the route's rewrite.
 */
sealed interface PathCombination {

  Path EVERY = new Path.Prefix("/", false);

  /** Paths that meet both. */
  record Both(PathRule rule) implements PathCombination {}

  /** No path meets both. */
  record Never() implements PathCombination {}

  /** Envoy has no match for it. */
  record Inexpressible(String reason) implements PathCombination {}

  static PathCombination of(PathRule outer, PathRule inner) {
    return switch (outer.rewrite()) {
      case Rewrite.None none -> unchanged(outer.path(), inner);
      case Rewrite.Matched matched -> rewritten(outer.path(), matched.value(), inner);
      case Rewrite.Prefix prefix -> throw new IllegalArgumentException("not an outer rule");
    };
  }

  private static PathCombination unchanged(Path outer, PathRule inner) {
    Path path = inner.path();
    if (outer.equals(EVERY)) {
      return new Both(inner);
    }
    if (outer instanceof Path.Regex && path instanceof Path.Regex) {
      return new Inexpressible("a regular expression behind a regular expression");
    }
    if (outer instanceof Path.Regex) {
      return new Both(new PathRule(outer, Optional.of(path), literal(path, inner.rewrite())));
    }
    if (path instanceof Path.Regex || ignoresCase(outer) != ignoresCase(path)) {
      return new Both(new PathRule(path, Optional.of(outer), inner.rewrite()));
    }
    boolean ignoreCase = ignoresCase(outer);
    if (outer instanceof Path.Prefix && startsWith(path.value(), outer.value(), ignoreCase)) {
      return new Both(inner);
    }
    if (path instanceof Path.Prefix && startsWith(outer.value(), path.value(), ignoreCase)) {
      return new Both(new PathRule(outer, Optional.empty(), literal(path, inner.rewrite())));
    }
    return outer instanceof Path.Exact
            && path instanceof Path.Exact
            && equal(outer.value(), path.value(), ignoreCase)
        ? new Both(inner)
        : new Never();
  }

  /** The router's rewrite where Envoy's match is another than the router's own. */
  private static Rewrite literal(Path inner, Rewrite rewrite) {
    return rewrite instanceof Rewrite.Matched matched && inner instanceof Path.Prefix prefix
        ? new Rewrite.Prefix(prefix.value(), prefix.ignoreCase(), matched.value())
        : rewrite;
  }

  private static PathCombination rewritten(Path outer, String seen, PathRule inner) {
    if (!(outer instanceof Path.Prefix prefix)) {
      return fixed(outer, seen, inner);
    }
    return switch (inner.path()) {
      case Path.Regex regex -> regexBehind(prefix, seen, regex, inner);
      case Path.Exact exact -> {
        if (!startsWith(exact.value(), seen, exact.ignoreCase())) {
          yield new Never();
        }
        String rest = exact.value().substring(seen.length());
        yield differ(prefix, exact, rest)
            ? new Inexpressible("another case sensitivity behind a rewrite")
            : both(
                new Path.Exact(prefix.value() + rest, prefix.ignoreCase()),
                rewriteOf(inner, prefix, seen));
      }
      case Path.Prefix next -> {
        if (startsWith(seen, next.value(), next.ignoreCase())) {
          yield both(prefix, rewriteIn(seen, inner.rewrite(), next));
        }
        if (!startsWith(next.value(), seen, next.ignoreCase())) {
          yield new Never();
        }
        String rest = next.value().substring(seen.length());
        yield differ(prefix, next, rest)
            ? new Inexpressible("another case sensitivity behind a rewrite")
            : both(
                new Path.Prefix(prefix.value() + rest, prefix.ignoreCase()),
                rewriteOf(inner, prefix, seen));
      }
    };
  }

  /** Whatever the client sent, the router sees {@code seen}. */
  private static PathCombination fixed(Path outer, String seen, PathRule inner) {
    return switch (inner.path()) {
      case Path.Regex regex ->
          Pattern.matches(regex.value(), seen)
              ? both(outer, rewriteTo(inner.rewrite(), seen))
              : new Never();
      case Path.Exact exact ->
          equal(exact.value(), seen, exact.ignoreCase())
              ? both(outer, rewriteTo(inner.rewrite(), seen))
              : new Never();
      case Path.Prefix next ->
          startsWith(seen, next.value(), next.ignoreCase())
              ? both(outer, rewriteIn(seen, inner.rewrite(), next))
              : new Never();
    };
  }

  /**
   * An expression that begins with the text that the rewrite leaves can begin with the text that
   * the client sends instead.
   */
  private static PathCombination regexBehind(
      Path.Prefix outer, String seen, Path.Regex regex, PathRule inner) {
    String expression = regex.value().startsWith("^") ? regex.value().substring(1) : regex.value();
    boolean plain =
        expression.startsWith(seen)
            && !expression.contains("|")
            && seen.chars().noneMatch(c -> ".\\[](){}*+?^$".indexOf(c) >= 0)
            && (expression.length() == seen.length()
                || "*+?{".indexOf(expression.charAt(seen.length())) < 0);
    if (!plain || outer.ignoreCase()) {
      return new Inexpressible("a regular expression behind a rewrite");
    }
    var path =
        new Path.Regex(HeaderMatchers.quote(outer.value()) + expression.substring(seen.length()));
    return both(path, rewriteOf(inner, outer, seen));
  }

  private static PathCombination both(Path path, Rewrite rewrite) {
    return new Both(new PathRule(path, Optional.empty(), rewrite));
  }

  /** The router's own rewrite, which replaces all that it matched, or else the route's. */
  private static Rewrite rewriteOf(PathRule inner, Path.Prefix outer, String seen) {
    return switch (inner.rewrite()) {
      case Rewrite.Matched matched -> matched;
      case Rewrite.Prefix prefix -> prefix;
      case Rewrite.None none ->
          inner.path() instanceof Path.Regex || ignoresCase(inner.path())
              ? new Rewrite.Prefix(outer.value(), outer.ignoreCase(), seen)
              : new Rewrite.Matched(inner.path().value());
    };
  }

  /** The router's rewrite of the beginning of {@code seen}, which is all that there was. */
  private static Rewrite rewriteIn(String seen, Rewrite rewrite, Path.Prefix matched) {
    return new Rewrite.Matched(
        rewrite instanceof Rewrite.Matched to
            ? to.value() + seen.substring(matched.value().length())
            : seen);
  }

  private static Rewrite rewriteTo(Rewrite rewrite, String unlessRewritten) {
    return rewrite instanceof Rewrite.Matched ? rewrite : new Rewrite.Matched(unlessRewritten);
  }

  private static boolean differ(Path outer, Path inner, String rest) {
    return !rest.isEmpty() && ignoresCase(outer) != ignoresCase(inner);
  }

  private static boolean ignoresCase(Path path) {
    return switch (path) {
      case Path.Exact exact -> exact.ignoreCase();
      case Path.Prefix prefix -> prefix.ignoreCase();
      case Path.Regex regex -> false;
    };
  }

  private static boolean startsWith(String value, String prefix, boolean ignoreCase) {
    return value.regionMatches(ignoreCase, 0, prefix, 0, prefix.length());
  }

  private static boolean equal(String a, String b, boolean ignoreCase) {
    return ignoreCase ? a.equalsIgnoreCase(b) : a.equals(b);
  }
}
