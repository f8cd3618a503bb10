package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.util.Optional;

/** How many requests may pass. {@code local}: what every Envoy counts by itself. */
public record RateLimit(Local local) {

  /**
   * Limits that every Envoy counts by itself. A request must pass every rule that matches it.
   *
   * @param rules never empty
   * @param maxDistinct how many distinct values each rule keeps count of; above 0
   * @param status of a refusal: one of those from 400 to 511 that Envoy knows
   * @param body the text of a refusal, one line
   * @param contentType the body's media type; given only with a body
   * @param responseHeaders whether responses say what is left
   */
  public record Local(
      ImmutableList<Rule> rules,
      int maxDistinct,
      int status,
      Optional<String> body,
      Optional<String> contentType,
      boolean responseHeaders) {

    /** The names of all providers that rules are about. */
    public ImmutableSet<String> providers() {
      var names = ImmutableSet.<String>builder();
      rules.forEach(rule -> names.addAll(rule.providers()));
      return names.build();
    }

    /** Whether every rule is about the tokens of a provider. */
    public boolean ofProvidersOnly() {
      return rules.stream().noneMatch(rule -> rule.providers().isEmpty());
    }
  }

  /**
   * A limit and the requests that it is for.
   *
   * @param selectors what a request must have, all together; empty for every request
   * @param shadow counts and refuses nothing
   */
  public record Rule(Limit limit, ImmutableList<Selector> selectors, boolean shadow) {

    /** The names of the providers whose tokens it is about; it matches only with all of them. */
    public ImmutableSet<String> providers() {
      var names = ImmutableSet.<String>builder();
      for (Selector selector : selectors) {
        if (selector instanceof Selector.JwtProvider(String name)) {
          names.add(name);
        }
      }
      return names.build();
    }
  }

  /**
   * So many requests in so much time.
   *
   * @param requests above 0
   * @param burst how many at once at most; above 0
   */
  public record Limit(int requests, Unit unit, int burst) {}

  /** A time in which a number of requests may pass. */
  public enum Unit {
    SECOND(Duration.ofSeconds(1)),
    MINUTE(Duration.ofMinutes(1)),
    HOUR(Duration.ofHours(1)),
    DAY(Duration.ofDays(1));

    private final Duration length;

    Unit(Duration length) {
      this.length = length;
    }

    public Duration length() {
      return length;
    }
  }

  /** One thing that a request must have. Where it is distinct, every value counts by itself. */
  public sealed interface Selector {

    /** {@code name}: in lower case. */
    record Header(String name, RequestMatch.Value value, boolean distinct) implements Selector {}

    /** The path, without its query. */
    record Path(RequestMatch.Path path) implements Selector {}

    /** {@code method}: in upper case. */
    record Method(String method) implements Selector {}

    /** {@code range}: empty for every address, which is then distinct. */
    record ClientAddress(Optional<AddressRange> range, boolean distinct) implements Selector {}

    /**
     * A claim, a string, of the token that the request was authenticated with.
     *
     * @param path the names that lead to it; never empty
     * @param value empty for any
     */
    record JwtClaim(ImmutableList<String> path, Optional<String> value, boolean distinct)
        implements Selector {}

    /** {@code provider}: whose token the request was authenticated with. */
    record JwtProvider(String provider) implements Selector {}
  }
}
