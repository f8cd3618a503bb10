package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.convoy.policy.RequestMatch.Path;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A combined rule does with every path what its two rules do, one after the other. */
class PathCombinationTest {

  @Property(tries = 20_000)
  void combinedAsOneAfterTheOther(
      @ForAll("rules") PathRule outer,
      @ForAll("rules") PathRule inner,
      @ForAll("paths") String path) {
    Optional<String> seen = apply(outer, path);
    Optional<String> expected = seen.flatMap(then -> apply(inner, then));
    switch (PathCombination.of(outer, inner)) {
      case PathCombination.Both both ->
          assertThat(apply(both.rule(), path)).as(both.toString()).isEqualTo(expected);
      case PathCombination.Never never -> assertThat(expected).isEmpty();
      case PathCombination.Inexpressible no -> {}
    }
  }

  /** What Envoy makes of a path; empty when the rule does not match it. */
  private static Optional<String> apply(PathRule rule, String path) {
    if (!matches(rule.path(), path)
        || rule.also().filter(also -> !matches(also, path)).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        switch (rule.rewrite()) {
          case PathRule.Rewrite.None none -> path;
          case PathRule.Rewrite.Matched matched ->
              switch (rule.path()) {
                case Path.Prefix prefix ->
                    matched.value() + path.substring(prefix.value().length());
                case Path.Exact exact -> matched.value();
                case Path.Regex regex -> matched.value();
              };
          case PathRule.Rewrite.Prefix prefix ->
              path.regionMatches(
                      prefix.ignoreCase(), 0, prefix.prefix(), 0, prefix.prefix().length())
                  ? prefix.value() + path.substring(prefix.prefix().length())
                  : path;
        });
  }

  private static boolean matches(Path path, String value) {
    return switch (path) {
      case Path.Exact exact ->
          fold(exact.value(), exact.ignoreCase()).equals(fold(value, exact.ignoreCase()));
      case Path.Prefix prefix ->
          fold(value, prefix.ignoreCase()).startsWith(fold(prefix.value(), prefix.ignoreCase()));
      case Path.Regex regex -> Pattern.matches(regex.value(), value);
    };
  }

  private static String fold(String text, boolean ignoreCase) {
    return ignoreCase ? text.toLowerCase(Locale.ROOT) : text;
  }

  @Provide
  Arbitrary<PathRule> rules() {
    Arbitrary<Path> literal =
        Combinators.combine(paths(), Arbitraries.of(true, false), Arbitraries.of(true, false))
            .as((path, exact, ignoreCase) ->
                exact ? new Path.Exact(path, ignoreCase) : new Path.Prefix(path, ignoreCase));
    Arbitrary<Path> regex =
        Arbitraries.of(
                "/a.*", "/[ab]/a", "/", "^/a/b.*", "/a|/b", "/b*", "/a+/.*", "/.*", "(/a)?/b")
            .map(Path.Regex::new);
    Arbitrary<Optional<String>> rewrite =
        Combinators.combine(paths(), Arbitraries.of(true, false))
            .as((path, given) -> given ? Optional.of(path) : Optional.empty());
    return Combinators.combine(
            Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(3, literal), net.jqwik.api.Tuple.of(1, regex)),
            rewrite,
            Arbitraries.of(0, 1))
        .as((path, to, which) -> {
          var rules = PathRule.of(path, to);
          return rules.get(which % rules.size());
        });
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of("a", "b", "A", "/", "")
        .list()
        .ofMaxSize(5)
        .map(parts -> ("/" + String.join("", parts)).replaceAll("/+", "/"));
  }
}
