package io.convoy.translation.http;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.JwtAuthentication;
import io.convoy.policy.JwtAuthentication.Requirement;
import io.convoy.policy.JwtProvider;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.HashSet;
import java.util.Set;

/**
 * A token of any of many providers. Of {@code requires_any} Envoy tries one provider after the
 * other, and reads the token anew for each; {@code allow_missing} finds the provider by the token's
 * issuer in one step. But it lets pass what has no token, or two: so the filter of revocations,
 * which comes next, lets nothing pass that has not the one issuer of one verified token.
 */
public final class IssuerLookup {
  /** Fewer are tried in less time than it takes to look twice. */
  private static final int LEAST = 3;

  /** What the identity of a guard ends with for requests that pass the second filter, too. */
  public static final String SUFFIX = "-by-issuer";

  private IssuerLookup() {}

  /**
   * The issuers of all providers that there are; empty where a token is not to be looked up by
   * them: where something else than a token of any provider is required, where there are few, where
   * two have the same issuer, and where tokens may be anywhere else than Envoy looks by itself.
   */
  public static ImmutableSet<String> issuers(
      JwtAuthentication jwt, ImmutableMap<String, JwtProvider> providers) {
    if (!(jwt.requirement() instanceof Requirement.Any any) || any.of().size() < LEAST) {
      return ImmutableSet.of();
    }
    Set<String> issuers = new HashSet<>();
    for (Requirement one : any.of()) {
      if (!(one instanceof Requirement.Provider(String name))) {
        return ImmutableSet.of();
      }
      JwtProvider provider = providers.get(name);
      if (provider == null) {
        // Nobody's token, and no reason to look for the others' in another way: while a provider
        // goes, an Envoy would have the route of the one way and the filter of the other.
        continue;
      }
      boolean simple =
          provider.locations().isEmpty()
              // Several values of a header are read as one, with commas between them.
              && provider.issuer().indexOf(',') < 0
              && issuers.add(provider.issuer());
      if (!simple) {
        return ImmutableSet.of();
      }
    }
    return ImmutableSet.copyOf(issuers);
  }

  /** Requests with a token in the header; those with one elsewhere go by every provider. */
  static RouteMatch withToken(RouteMatch meant) {
    return meant.toBuilder()
        .addHeaders(
            HeaderMatcher.newBuilder()
                .setName("authorization")
                .setStringMatch(StringMatcher.newBuilder().setPrefix("Bearer ")))
        .build();
  }
}
