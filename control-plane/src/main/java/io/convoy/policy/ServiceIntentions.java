package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who may call a service: Consul's {@code service-intentions}. The name is the service's, or {@link
 * #ANY}.
 *
 * @param sources never empty; each name once
 * @param tokens one of which every call must have; empty for none
 */
public record ServiceIntentions(
    DocumentId id, ImmutableList<Source> sources, ImmutableList<Token> tokens) implements Document {

  /** The kind's name. */
  public static final String KIND = "service-intentions";

  /** Stands for all services, as a destination and as a source. */
  public static final String ANY = "*";

  /** A document that lets nobody call. */
  public static ServiceIntentions nobody(DocumentId id) {
    var everybody = new Source(ANY, new Decision.Always(Action.DENY));
    return new ServiceIntentions(id, ImmutableList.of(everybody), ImmutableList.of());
  }

  /** Whether a rule is about what only a request has. */
  public boolean needsRequests() {
    return !tokens.isEmpty()
        || sources.stream().anyMatch(source -> source.decision() instanceof Decision.ByRequest);
  }

  /** The names of all providers whose tokens are asked for. */
  public ImmutableSet<String> providers() {
    return Stream.concat(
            tokens.stream(), sources.stream().flatMap(source -> tokens(source.decision())))
        .map(Token::provider)
        .collect(ImmutableSet.toImmutableSet());
  }

  private static Stream<Token> tokens(Decision decision) {
    return switch (decision) {
      case Decision.Always _ -> Stream.empty();
      case Decision.ByRequest(ImmutableList<Permission> permissions) ->
          permissions.stream().flatMap(permission -> permission.tokens().stream());
    };
  }

  /** A service that calls; {@code name}: as its certificate says, or {@link #ANY}. */
  public record Source(String name, Decision decision) {}

  /** What becomes of a call. */
  public enum Action {
    ALLOW,
    DENY
  }

  /** What a source may do. */
  public sealed interface Decision {

    /** The same for every call. */
    record Always(Action action) implements Decision {}

    /** The first permission that matches decides; never empty. */
    record ByRequest(ImmutableList<Permission> permissions) implements Decision {}
  }

  /**
   * What becomes of the requests that match all of path, methods and headers.
   *
   * @param path any where it is absent
   * @param methods upper case; empty matches every method
   * @param tokens one of which the request must have to be allowed; empty for none
   */
  public record Permission(
      Action action,
      Optional<RequestMatch.Path> path,
      ImmutableSet<String> methods,
      ImmutableList<RequestMatch.Header> headers,
      ImmutableList<Token> tokens) {}

  /**
   * A verified token.
   *
   * @param provider which may not exist
   * @param claims all of them
   */
  public record Token(String provider, ImmutableList<Claim> claims) {}

  /**
   * A claim that is the value, or a list that has it.
   *
   * @param path the names that lead to it, from the outside; never empty
   */
  public record Claim(ImmutableList<String> path, String value) {}
}
