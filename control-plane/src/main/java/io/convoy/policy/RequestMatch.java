package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;

/**
 * What a route matches: all of its parts together. {@code http-route}, {@code service-router} and
 * service meta share this model.
 *
 * @param methods upper case; empty matches every method
 */
public record RequestMatch(
    Path path,
    ImmutableSet<String> methods,
    ImmutableList<Header> headers,
    ImmutableList<Query> query) {

  /** A request's path, without its query. */
  public sealed interface Path {
    String value();

    /** {@code value} starts with a slash. */
    record Exact(String value, boolean ignoreCase) implements Path {}

    /** A string prefix; {@code value} starts with a slash. */
    record Prefix(String value, boolean ignoreCase) implements Path {}

    /** An RE2 expression that must match the whole path. */
    record Regex(String value) implements Path {}
  }

  /** {@code invert}: matches where the value does not, or where the header is absent. */
  public record Header(String name, Value value, boolean invert) {}

  public record Query(String name, Value value) {}

  /** What a header or a query parameter must be. */
  public sealed interface Value {
    record Present() implements Value {}

    record Exact(String value, boolean ignoreCase) implements Value {}

    record Prefix(String value, boolean ignoreCase) implements Value {}

    record Suffix(String value, boolean ignoreCase) implements Value {}

    record Contains(String value, boolean ignoreCase) implements Value {}

    /** An RE2 expression that must match the whole value. */
    record Regex(String value) implements Value {}
  }
}
