package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Optional;

/**
 * Lets requests pass or not by what is known of them: the first rule that matches decides.
 *
 * @param otherwise what happens to a request that no rule matches
 * @param shadow whether it only counts what it would deny
 */
public record Authorization(Action otherwise, boolean shadow, ImmutableList<Rule> rules) {

  /** The names of all providers whose tokens a rule is about. */
  public ImmutableSet<String> providers() {
    return rules.stream()
        .flatMap(rule -> rule.token().stream())
        .flatMap(token -> token.provider().stream())
        .collect(ImmutableSet.toImmutableSet());
  }

  /** What becomes of a request. */
  public enum Action {
    ALLOW,
    DENY
  }

  /**
   * All of its parts together; what is empty matches every request.
   *
   * @param name unique in the document
   * @param methods any of them, upper case
   * @param paths any of them
   * @param clients any of them
   * @param headers all of them
   */
  public record Rule(
      String name,
      Action action,
      ImmutableSet<String> methods,
      ImmutableList<RequestMatch.Path> paths,
      ImmutableList<AddressRange> clients,
      ImmutableList<RequestMatch.Header> headers,
      Optional<Token> token) {}

  /**
   * A token that was verified; all of its parts together.
   *
   * @param provider of the token, which may not exist
   * @param scopes all of these words of the scope claim
   * @param claims all of them
   */
  public record Token(
      Optional<String> provider, ImmutableSet<String> scopes, ImmutableList<Claim> claims) {}

  /**
   * A claim that is, or a list that has, one of the values.
   *
   * @param path the names that lead to it, from the outside
   * @param values never empty
   */
  public record Claim(ImmutableList<String> path, boolean list, ImmutableSet<String> values) {}
}
