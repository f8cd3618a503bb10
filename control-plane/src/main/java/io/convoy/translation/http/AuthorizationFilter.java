package io.convoy.translation.http;

import com.google.common.collect.ImmutableMap;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.AddressRange;
import io.convoy.policy.Authorization;
import io.convoy.policy.Authorization.Action;
import io.convoy.policy.Authorization.Claim;
import io.convoy.policy.Authorization.Rule;
import io.convoy.policy.Authorization.Token;
import io.convoy.policy.JwtProvider;
import io.convoy.policy.RequestMatch;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.rbac.v3.SourcedMetadata;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ListMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * Envoy's RBAC for all documents whose authorization applies together: a request passes when each
 * of them lets it. So the filter has what each of them denies, in any order: a rule that denies
 * does so where no earlier rule of its document allows.
 */
public final class AuthorizationFilter {
  private static final Principal ANYBODY = Principal.newBuilder().setAny(true).build();
  private static final Principal NOBODY = not(ANYBODY);

  private final ImmutableMap<String, JwtProvider> providers;
  private final int tokens;

  private AuthorizationFilter(ImmutableMap<String, JwtProvider> providers, int tokens) {
    this.providers = providers;
    this.tokens = tokens;
  }

  /**
   * The filter.
   *
   * @param documents by name
   * @param providers by name; no token is of one that is missing
   * @param tokens how many tokens a request may have at once
   */
  public static io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC filter(
      Guard guard,
      ImmutableMap<String, Authorization> documents,
      ImmutableMap<String, JwtProvider> providers,
      int tokens) {
    var filter = new AuthorizationFilter(providers, tokens);
    var rules = RBAC.newBuilder().setAction(RBAC.Action.DENY);
    var shadow = RBAC.newBuilder().setAction(RBAC.Action.DENY);
    deny(rules, "(another policy)", not(header(guard.matcher())));
    documents.forEach(
        (name, document) -> filter.denials(name, document, document.shadow() ? shadow : rules));
    var result =
        io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.newBuilder().setRules(rules);
    if (shadow.getPoliciesCount() > 0) {
      result.setShadowRules(shadow);
    }
    return result.build();
  }

  private void denials(String document, Authorization authorization, RBAC.Builder rules) {
    List<Principal> allowed = new ArrayList<>();
    for (Rule rule : authorization.rules()) {
      Principal matching = matching(rule);
      switch (rule.action()) {
        case ALLOW -> allowed.add(matching);
        case DENY ->
            deny(rules, document + "/" + rule.name(), and(List.of(matching, not(or(allowed)))));
      }
    }
    if (authorization.otherwise() == Action.DENY) {
      deny(rules, document + "/(default)", not(or(allowed)));
    }
  }

  private static void deny(RBAC.Builder rules, String name, Principal who) {
    rules.putPolicies(
        name,
        Policy.newBuilder()
            .addPermissions(Permission.newBuilder().setAny(true))
            .addPrincipals(who)
            .build());
  }

  private Principal matching(Rule rule) {
    List<Principal> all = new ArrayList<>();
    if (!rule.methods().isEmpty()) {
      all.add(header(HeaderMatchers.method(rule.methods())));
    }
    if (!rule.paths().isEmpty()) {
      all.add(or(rule.paths().stream().map(AuthorizationFilter::path).toList()));
    }
    if (!rule.clients().isEmpty()) {
      all.add(or(rule.clients().stream().map(AuthorizationFilter::client).toList()));
    }
    rule.headers().forEach(header -> all.add(header(HeaderMatchers.header(header))));
    rule.token().ifPresent(token -> all.add(token(token)));
    return and(all);
  }

  private static Principal path(RequestMatch.Path path) {
    var matcher = StringMatcher.newBuilder();
    switch (path) {
      case RequestMatch.Path.Exact exact ->
          matcher.setExact(exact.value()).setIgnoreCase(exact.ignoreCase());
      case RequestMatch.Path.Prefix prefix ->
          matcher.setPrefix(prefix.value()).setIgnoreCase(prefix.ignoreCase());
      case RequestMatch.Path.Regex regex ->
          matcher.setSafeRegex(HeaderMatchers.regex(regex.value()));
    }
    return Principal.newBuilder().setUrlPath(PathMatcher.newBuilder().setPath(matcher)).build();
  }

  private static Principal client(AddressRange range) {
    return Principal.newBuilder()
        .setRemoteIp(
            CidrRange.newBuilder()
                .setAddressPrefix(range.address().getHostAddress())
                .setPrefixLen(UInt32Value.of(range.bits())))
        .build();
  }

  /** Any of the tokens. */
  private Principal token(Token token) {
    List<Principal> any = new ArrayList<>();
    for (int place = 1; place <= tokens; place++) {
      any.add(token(token, place));
    }
    return or(any);
  }

  private Principal token(Token token, int place) {
    List<Principal> all = new ArrayList<>();
    all.add(claim(place, List.of("iss"), issuer(token)));
    if (token.provider().isPresent() && !providers.containsKey(token.provider().get())) {
      all.add(NOBODY);
    }
    token.scopes().forEach(scope -> all.add(claim(place, List.of("scope"), listWith(scope))));
    for (Claim claim : token.claims()) {
      all.add(
          or(
              claim.values().stream()
                  .map(value ->
                      claim(place, claim.path(), claim.list() ? listWith(value) : exactly(value)))
                  .toList()));
    }
    return and(all);
  }

  private ValueMatcher issuer(Token token) {
    return token
        .provider()
        .map(providers::get)
        .map(provider -> exactly(provider.issuer()))
        .orElse(ValueMatcher.newBuilder().setPresentMatch(true).build());
  }

  private static ValueMatcher exactly(String value) {
    return ValueMatcher.newBuilder()
        .setStringMatch(StringMatcher.newBuilder().setExact(value))
        .build();
  }

  private static ValueMatcher listWith(String value) {
    return ValueMatcher.newBuilder()
        .setListMatch(ListMatcher.newBuilder().setOneOf(exactly(value)))
        .build();
  }

  private static Principal claim(int token, List<String> path, ValueMatcher value) {
    var matcher =
        MetadataMatcher.newBuilder()
            .setFilter(TokenClaims.METADATA)
            .addPath(segment(TokenClaims.payload(token)));
    path.forEach(name -> matcher.addPath(segment(name)));
    matcher.setValue(value);
    return Principal.newBuilder()
        .setSourcedMetadata(SourcedMetadata.newBuilder().setMetadataMatcher(matcher))
        .build();
  }

  private static MetadataMatcher.PathSegment segment(String key) {
    return MetadataMatcher.PathSegment.newBuilder().setKey(key).build();
  }

  private static Principal header(HeaderMatcher matcher) {
    return Principal.newBuilder().setHeader(matcher).build();
  }

  private static Principal not(Principal principal) {
    return Principal.newBuilder().setNotId(principal).build();
  }

  /** Of none: anybody. */
  private static Principal and(List<Principal> all) {
    return switch (all.size()) {
      case 0 -> ANYBODY;
      case 1 -> all.getFirst();
      default ->
          Principal.newBuilder().setAndIds(Principal.Set.newBuilder().addAllIds(all)).build();
    };
  }

  /** Of none: nobody. */
  private static Principal or(List<Principal> any) {
    return switch (any.size()) {
      case 0 -> NOBODY;
      case 1 -> any.getFirst();
      default -> Principal.newBuilder().setOrIds(Principal.Set.newBuilder().addAllIds(any)).build();
    };
  }
}
