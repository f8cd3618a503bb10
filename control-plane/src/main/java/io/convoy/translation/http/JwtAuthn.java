package io.convoy.translation.http;

import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Empty;
import io.convoy.policy.JwtAuthentication;
import io.convoy.policy.JwtAuthentication.ClaimToHeader;
import io.convoy.policy.JwtAuthentication.Requirement;
import io.convoy.policy.JwtProvider;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtCacheConfig;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementAndList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import java.util.Map;
import java.util.TreeMap;

/**
 * Envoy's jwt_authn: the filter of one policy, with the providers that it names and no other, so
 * that nothing else makes Envoy fetch their keys again.
 */
public final class JwtAuthn {
  /** Stands for a provider that does not exist. */
  private static final String NOBODY = "(nobody)";

  /** Nobody can sign with it: it is the SHA-256 of "Nobody has the private part of this key." */
  private static final String KEY_OF_NOBODY =
      """
      {"keys":[{"kty":"OKP","crv":"Ed25519","kid":"nobody",\
      "x":"UWkiuT6NRDCWNcc6gw9R4JUfqbfOTg1RgfoJiM9r-rw"}]}\
      """;

  private static final JwtRequirement ALLOW_MISSING =
      JwtRequirement.newBuilder().setAllowMissing(Empty.getDefaultInstance()).build();

  private final JwtAuthentication jwt;
  private final ImmutableMap<String, JwtProvider> providers;
  private final Map<String, io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider>
      configured = new TreeMap<>();

  private JwtAuthn(JwtAuthentication jwt, ImmutableMap<String, JwtProvider> providers) {
    this.jwt = jwt;
    this.providers = providers;
  }

  /**
   * The filter.
   *
   * @param providers by name; nothing meets a requirement for one that is missing
   */
  public static io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication filter(
      Guard guard, JwtAuthentication jwt, ImmutableMap<String, JwtProvider> providers) {
    return new JwtAuthn(jwt, providers).filter(guard);
  }

  private io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication filter(
      Guard guard) {
    var result =
        io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication.newBuilder();
    JwtRequirement requirement = requirement(jwt.requirement(), 1);
    if (!IssuerLookup.issuers(jwt, providers).isEmpty()) {
      RouteMatch meant = meant(new Guard(guard.header(), guard.identity() + IssuerLookup.SUFFIX));
      result
          .addRules(
              RequirementRule.newBuilder()
                  .setMatch(IssuerLookup.withToken(meant))
                  .setRequires(ALLOW_MISSING))
          .addRules(RequirementRule.newBuilder().setMatch(meant).setRequires(requirement));
    }
    return result
        .addRules(RequirementRule.newBuilder().setMatch(meant(guard)).setRequires(requirement))
        .addRules(
            RequirementRule.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRequires(require(nobody())))
        .putAllProviders(configured)
        .build();
  }

  private static RouteMatch meant(Guard guard) {
    return RouteMatch.newBuilder().setPrefix("/").addHeaders(guard.matcher()).build();
  }

  /** {@code token}: the place of the first token that the requirement is about. */
  private JwtRequirement requirement(Requirement requirement, int token) {
    return switch (requirement) {
      case Requirement.Provider provider -> require(configured(provider.name(), token));
      case Requirement.Any any -> {
        var list = JwtRequirementOrList.newBuilder();
        any.of().forEach(one -> list.addRequirements(requirement(one, token)));
        yield JwtRequirement.newBuilder().setRequiresAny(list).build();
      }
      case Requirement.All all -> {
        var list = JwtRequirementAndList.newBuilder();
        int next = token;
        for (Requirement one : all.of()) {
          list.addRequirements(requirement(one, next));
          next += one.tokens();
        }
        yield JwtRequirement.newBuilder().setRequiresAll(list).build();
      }
      case Requirement.Missing missing -> ALLOW_MISSING;
      case Requirement.MissingOrFailed missing ->
          JwtRequirement.newBuilder().setAllowMissingOrFailed(Empty.getDefaultInstance()).build();
    };
  }

  private static JwtRequirement require(String provider) {
    return JwtRequirement.newBuilder().setProviderName(provider).build();
  }

  private String configured(String name, int token) {
    JwtProvider provider = providers.get(name);
    if (provider == null) {
      return nobody();
    }
    String key = token == 1 ? name : name + " " + token;
    configured.computeIfAbsent(key, absent -> provider(provider, token));
    return key;
  }

  private String nobody() {
    configured.computeIfAbsent(
        NOBODY,
        absent ->
            io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.newBuilder()
                .setIssuer(NOBODY)
                .setLocalJwks(DataSource.newBuilder().setInlineString(KEY_OF_NOBODY))
                .build());
    return NOBODY;
  }

  private io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider provider(
      JwtProvider provider, int token) {
    var result = provider(provider, TokenClaims.payload(token));
    // What a scope is matched by: one of the words.
    result.getNormalizePayloadInMetadataBuilder().addSpaceDelimitedClaims("scope");
    TokenClaims.headers(token).forEach((claim, header) -> claim(claim, header, result));
    if (token == 1) {
      for (ClaimToHeader claim : jwt.claimsToHeaders()) {
        claim(claim.claim(), claim.header(), result);
      }
    }
    return result.build();
  }

  /** The provider as its document says; {@code payload}: the key of the metadata. */
  static io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.Builder provider(
      JwtProvider provider, String payload) {
    var result =
        io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.newBuilder()
            .setIssuer(provider.issuer())
            .addAllAudiences(provider.audiences())
            .setForward(provider.forward())
            .setPayloadInMetadata(payload)
            .setClockSkewSeconds(provider.clockSkewSeconds());
    provider.locations().forEach(location -> location(location, result));
    provider
        .forwarding()
        .ifPresent(forwarding ->
            result
                .setForwardPayloadHeader(forwarding.header())
                .setPadForwardPayloadHeader(forwarding.padded()));
    if (provider.cacheSize() > 0) {
      result.setJwtCacheConfig(JwtCacheConfig.newBuilder().setJwtCacheSize(provider.cacheSize()));
    }
    switch (provider.keys()) {
      case JwtProvider.Keys.Inline inline ->
          result.setLocalJwks(DataSource.newBuilder().setInlineString(inline.json()));
      case JwtProvider.Keys.File file ->
          result.setLocalJwks(DataSource.newBuilder().setFilename(file.path()));
      case JwtProvider.Keys.Remote remote ->
          result.setRemoteJwks(KeyServers.remote(provider.id().name(), remote));
    }
    return result;
  }

  private static void location(
      JwtProvider.Location location,
      io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.Builder result) {
    switch (location) {
      case JwtProvider.Location.Header header ->
          result.addFromHeaders(
              JwtHeader.newBuilder().setName(header.name()).setValuePrefix(header.prefix()));
      case JwtProvider.Location.Query query -> result.addFromParams(query.name());
      case JwtProvider.Location.Cookie cookie -> result.addFromCookies(cookie.name());
    }
  }

  private static void claim(
      String claim,
      String header,
      io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.Builder result) {
    result.addClaimToHeaders(
        JwtClaimToHeader.newBuilder().setClaimName(claim).setHeaderName(header));
  }
}
