package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import com.google.common.hash.Hashing;
import com.google.protobuf.Message;
import io.convoy.policy.DocumentId;
import io.convoy.policy.JwtAuthentication;
import io.convoy.policy.JwtProvider;
import io.convoy.policy.RateLimit;
import io.convoy.policy.SecurityPolicy;
import io.convoy.policy.TargetRef;
import io.convoy.translation.http.AuthorizationFilter;
import io.convoy.translation.http.Guard;
import io.convoy.translation.http.IssuerLookup;
import io.convoy.translation.http.JwtAuthn;
import io.convoy.translation.http.Lane;
import io.convoy.translation.http.LocalRateLimits;
import io.convoy.translation.http.RevocationFilter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a slot holds: everything that its filter is made of, so that equal content is made once. */
sealed interface SlotContent {

  /** The kind of lane that it belongs in. */
  Lane.Kind kind();

  /** Unique among those of its kind, and the same for as long as the content is about the same. */
  String name();

  /** The documents that say so. */
  ImmutableSet<DocumentId> documents();

  /** The filter. */
  Message filter();

  default Seats.Sitter sitter() {
    return new Seats.Sitter(kind(), name());
  }

  /** What a guard's requests must say that they mean; absent for what does not guard. */
  default Optional<String> identity() {
    return Optional.of(
        Hashing.sha256().hashString(name(), StandardCharsets.UTF_8).toString().substring(0, 16));
  }

  /** Who has a token. */
  record Jwt(DocumentId policy, JwtAuthentication jwt, ImmutableMap<String, JwtProvider> providers)
      implements SlotContent {
    /** How many tokens a request may have at once; at least 1. */
    int tokens() {
      return Math.max(1, jwt.requirement().tokens());
    }

    @Override
    public Lane.Kind kind() {
      return Lane.Kind.JWT;
    }

    @Override
    public String name() {
      return policy.toString();
    }

    @Override
    public ImmutableSet<DocumentId> documents() {
      return ids(ImmutableList.of(policy), providers);
    }

    /** Where tokens are looked up by their issuer: these, which the next guard has to check. */
    ImmutableSet<String> issuers() {
      return IssuerLookup.issuers(jwt, providers);
    }

    @Override
    public Optional<String> identity() {
      return SlotContent.super
          .identity()
          .map(id -> issuers().isEmpty() ? id : id + IssuerLookup.SUFFIX);
    }

    @Override
    public Message filter() {
      String id = SlotContent.super.identity().orElseThrow();
      return JwtAuthn.filter(new Guard(guard().header(), id), jwt, providers);
    }
  }

  /**
   * Whose token is taken back: every policy counts.
   *
   * @param lookedUp where the tokens are looked up by their issuer
   */
  record Revocation(
      ImmutableList<SecurityPolicy> policies,
      ImmutableMap<String, JwtProvider> providers,
      int tokens,
      Optional<Jwt> lookedUp)
      implements SlotContent {
    @Override
    public Lane.Kind kind() {
      return Lane.Kind.REVOCATION;
    }

    @Override
    public String name() {
      return names(policies, tokens)
          + lookedUp.map(jwt -> " and issuers of " + jwt.policy().name()).orElse("");
    }

    @Override
    public ImmutableSet<DocumentId> documents() {
      return ImmutableSet.<DocumentId>builder()
          .addAll(ids(documentsOf(policies), providers))
          .addAll(lookedUp.map(Jwt::documents).orElse(ImmutableSet.of()))
          .build();
    }

    @Override
    public Message filter() {
      return RevocationFilter.filter(
          guard(),
          policies.stream()
              .flatMap(policy -> policy.revocation().stream())
              .collect(ImmutableList.toImmutableList()),
          providers,
          tokens,
          lookedUp.map(Jwt::issuers).orElse(ImmutableSet.of()));
    }
  }

  /** Who may do what: every policy has to agree. */
  record Authorization(
      ImmutableList<SecurityPolicy> policies,
      ImmutableMap<String, JwtProvider> providers,
      int tokens)
      implements SlotContent {
    @Override
    public Lane.Kind kind() {
      return Lane.Kind.AUTHORIZATION;
    }

    @Override
    public String name() {
      return names(policies, tokens);
    }

    @Override
    public ImmutableSet<DocumentId> documents() {
      return ids(documentsOf(policies), providers);
    }

    @Override
    public Message filter() {
      return AuthorizationFilter.filter(
          guard(),
          policies.stream()
              .collect(
                  ImmutableMap.toImmutableMap(
                      policy -> policy.id().name(),
                      policy -> policy.authorization().orElseThrow())),
          providers,
          tokens);
    }
  }

  /**
   * How many requests: one target's count.
   *
   * @param providers that the policy names
   * @param issuer where all its rules are about tokens of this one
   */
  record Limit(
      DocumentId policy,
      RateLimit.Local limit,
      TargetRef target,
      ImmutableMap<String, JwtProvider> providers,
      Optional<String> issuer)
      implements SlotContent {
    @Override
    public Lane.Kind kind() {
      return issuer.isPresent() ? Lane.Kind.PROVIDER_LIMIT : Lane.Kind.LIMIT;
    }

    @Override
    public String name() {
      return policy + " at " + target;
    }

    @Override
    public Optional<String> identity() {
      return Optional.empty();
    }

    @Override
    public ImmutableSet<DocumentId> documents() {
      return ImmutableSet.of(policy);
    }

    /** The same place with another limit. */
    Limit with(RateLimit.Local next) {
      return new Limit(policy, next, target, providers, issuer);
    }

    @Override
    public Message filter() {
      return LocalRateLimits.filter(
          policy, limit, Maps.transformValues(providers, JwtProvider::issuer));
    }
  }

  /** What its requests must say that they mean. */
  default Guard guard() {
    return new Guard(new Lane(kind(), 0).identityHeader(), identity().orElseThrow());
  }

  private static String names(ImmutableList<SecurityPolicy> policies, int tokens) {
    String names =
        policies.stream().map(policy -> policy.id().name()).collect(Collectors.joining(" "));
    return tokens == 1 ? names : names + " for " + tokens + " tokens";
  }

  private static ImmutableList<DocumentId> documentsOf(ImmutableList<SecurityPolicy> policies) {
    return policies.stream().map(SecurityPolicy::id).collect(ImmutableList.toImmutableList());
  }

  private static ImmutableSet<DocumentId> ids(
      ImmutableList<DocumentId> policies, ImmutableMap<String, JwtProvider> providers) {
    var ids = ImmutableSet.<DocumentId>builder().addAll(policies);
    providers.values().forEach(provider -> ids.add(provider.id()));
    return ids.build();
  }
}
