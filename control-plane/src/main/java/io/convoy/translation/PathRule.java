package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.RequestMatch.Path;
import java.util.Optional;

/**
 * Which paths a route takes and what becomes of them.
 *
 * @param path what Envoy matches first; a {@link Rewrite.Matched} replaces what this matched
 * @param also what the path must match besides
 */
record PathRule(Path path, Optional<Path> also, Rewrite rewrite) {

  /** What the upstream sees in place of the path. */
  sealed interface Rewrite {
    /** The path as it came. */
    record None() implements Rewrite {}

    /** The matched prefix, or the whole exact or regular path, becomes {@code value}. */
    record Matched(String value) implements Rewrite {}

    /** The literal prefix becomes {@code value}. */
    record Prefix(String prefix, boolean ignoreCase, String value) implements Rewrite {}
  }

  static final Rewrite NO_REWRITE = new Rewrite.None();

  /**
   * The rules of a match with its rewrite.
   *
   * <p>Envoy replaces a prefix as a string: {@code /user} by {@code /} would make {@code //a} of
   * {@code /user/a}. So such a rule comes as two, the longer prefix {@code /user/} first.
   */
  static ImmutableList<PathRule> of(Path path, Optional<String> rewrite) {
    if (rewrite.isEmpty()) {
      return ImmutableList.of(new PathRule(path, Optional.empty(), NO_REWRITE));
    }
    String value = rewrite.get().startsWith("/") ? rewrite.get() : "/" + rewrite.get();
    var rule = new PathRule(path, Optional.empty(), new Rewrite.Matched(value));
    if (path instanceof Path.Prefix prefix
        && value.endsWith("/")
        && !prefix.value().endsWith("/")) {
      var longer = new Path.Prefix(prefix.value() + "/", prefix.ignoreCase());
      return ImmutableList.of(
          new PathRule(longer, Optional.empty(), new Rewrite.Matched(value)), rule);
    }
    return ImmutableList.of(rule);
  }
}
