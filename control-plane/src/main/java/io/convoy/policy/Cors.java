package io.convoy.policy;

import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.util.Optional;

/**
 * Which pages of other origins browsers let read the answers.
 *
 * @param origins never empty
 * @param methods in upper case, or {@code *}
 * @param headers of requests, in lower case, or {@code *}
 * @param exposed headers of responses, in lower case, or {@code *}
 * @param maxAge whole seconds, not negative
 * @param credentials never together with {@link Origin.Any}
 */
public record Cors(
    ImmutableSet<Origin> origins,
    ImmutableSet<String> methods,
    ImmutableSet<String> headers,
    ImmutableSet<String> exposed,
    Optional<Duration> maxAge,
    boolean credentials) {

  /** An origin (RFC 6454) as browsers send it: scheme, host and port, in lower case. */
  public sealed interface Origin {
    record Any() implements Origin {}

    record Exact(String value) implements Origin {}

    /** {@code *.} before the host stands for names, {@code :*} after it for every port or none. */
    record Wildcard(String value) implements Origin {}

    /** An RE2 expression that must match the whole origin; never one that matches {@code *}. */
    record Regex(String value) implements Origin {}
  }
}
