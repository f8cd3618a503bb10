package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Mesh.DefaultIntention;
import io.convoy.policy.JwtProvider;
import io.convoy.policy.RequestMatch;
import io.convoy.policy.ServiceIntentions.Action;
import io.convoy.policy.ServiceIntentions.Claim;
import io.convoy.policy.ServiceIntentions.Decision;
import io.convoy.policy.ServiceIntentions.Permission;
import io.convoy.policy.ServiceIntentions.Token;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.rbac.v3.SourcedMetadata;
import io.envoyproxy.envoy.type.matcher.v3.ListMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@link Callers} as rules of Envoy's RBAC. They list what is allowed, whatever the default is:
 * where anything of them is missing, less is allowed. Of rules without an order each has to say
 * itself what comes before it.
 */
public final class CallerRules {
  private static final String ANY_SEGMENT = "[^/]+";
  private static final io.envoyproxy.envoy.config.rbac.v3.Permission ANYTHING =
      io.envoyproxy.envoy.config.rbac.v3.Permission.newBuilder().setAny(true).build();

  private final Mesh.Authority authority;
  private final boolean requests;
  private final ImmutableMap<String, JwtProvider> providers;
  private final DefaultIntention others;

  private CallerRules(
      Mesh.Authority authority,
      boolean requests,
      ImmutableMap<String, JwtProvider> providers,
      DefaultIntention others) {
    this.authority = authority;
    this.requests = requests;
    this.providers = providers;
    this.others = others;
  }

  /** Of requests. {@code providers}: by name; no token is of one that is missing. */
  public static RBAC ofRequests(
      Callers callers, Mesh.Authority authority, ImmutableMap<String, JwtProvider> providers) {
    return new CallerRules(authority, true, providers, callers.others()).rules(callers);
  }

  /** Of connections: a rule that is about what only a request has allows none. */
  public static RBAC ofConnections(Callers callers, Mesh.Authority authority) {
    return new CallerRules(authority, false, ImmutableMap.of(), callers.others()).rules(callers);
  }

  /** Of a mesh in which nobody proves who they are. */
  public static RBAC everybody() {
    return allowing("(everybody)", ANYTHING);
  }

  /** {@code except}: a path that everybody may ask for. */
  public static RBAC nobody(Optional<String> except) {
    return except
        .map(path -> allowing("(check)", path(new RequestMatch.Path.Exact(path, false))))
        .orElse(RBAC.newBuilder().setAction(RBAC.Action.ALLOW).build());
  }

  private static RBAC allowing(
      String name, io.envoyproxy.envoy.config.rbac.v3.Permission permission) {
    var policy =
        Policy.newBuilder()
            .addPermissions(permission)
            .addPrincipals(Principal.newBuilder().setAny(true));
    return RBAC.newBuilder().setAction(RBAC.Action.ALLOW).putPolicies(name, policy.build()).build();
  }

  private RBAC rules(Callers callers) {
    var rules = RBAC.newBuilder().setAction(RBAC.Action.ALLOW);
    callers.named().forEach((name, rule) -> add(name, rule, service(name), rules));
    List<Principal> before = new ArrayList<>();
    callers.names().forEach(name -> before.add(not(service(name))));
    callers
        .services()
        .ifPresent(rule -> add("*", rule, and(service(Optional.empty()), before), rules));
    if (others == DefaultIntention.ALLOW) {
      Principal rest =
          callers.services().isPresent()
              ? not(service(Optional.empty()))
              : and(Principal.newBuilder().setAny(true).build(), before);
      add("(default)", Callers.Rule.of(Action.ALLOW), rest, rules);
    }
    return rules.build();
  }

  private void add(String name, Callers.Rule rule, Principal who, RBAC.Builder rules) {
    if (rule.needsRequests() && !requests) {
      return;
    }
    List<io.envoyproxy.envoy.config.rbac.v3.Permission> allowed =
        switch (rule.decision()) {
          case Decision.Always(Action action) ->
              action == Action.ALLOW ? List.of(ANYTHING) : List.of();
          case Decision.ByRequest(ImmutableList<Permission> permissions) -> allowed(permissions);
        };
    if (!allowed.isEmpty()) {
      var policy = Policy.newBuilder().addPrincipals(who);
      allowed.forEach(permission -> policy.addPermissions(withToken(permission, rule.tokens())));
      rules.putPolicies(name, policy.build());
    }
  }

  /** The first that matches decides; a token is asked for of what is its already. */
  private List<io.envoyproxy.envoy.config.rbac.v3.Permission> allowed(
      ImmutableList<Permission> permissions) {
    List<io.envoyproxy.envoy.config.rbac.v3.Permission> allowed = new ArrayList<>();
    List<io.envoyproxy.envoy.config.rbac.v3.Permission> notForAll = new ArrayList<>();
    for (Permission permission : permissions) {
      var matching = matching(permission);
      if (permission.action() == Action.ALLOW) {
        allowed.add(withToken(unless(notForAll, matching), permission.tokens()));
      }
      if (permission.action() == Action.DENY || !permission.tokens().isEmpty()) {
        notForAll.add(matching);
      }
    }
    if (others == DefaultIntention.ALLOW) {
      allowed.add(unless(notForAll, ANYTHING));
    }
    return allowed;
  }

  private static io.envoyproxy.envoy.config.rbac.v3.Permission matching(Permission permission) {
    List<io.envoyproxy.envoy.config.rbac.v3.Permission> all = new ArrayList<>();
    permission.path().ifPresent(path -> all.add(path(path)));
    if (!permission.methods().isEmpty()) {
      all.add(permission().setHeader(HeaderMatchers.method(permission.methods())).build());
    }
    permission
        .headers()
        .forEach(header -> all.add(permission().setHeader(HeaderMatchers.header(header)).build()));
    return and(all);
  }

  private static io.envoyproxy.envoy.config.rbac.v3.Permission path(RequestMatch.Path path) {
    var matcher = StringMatcher.newBuilder();
    switch (path) {
      case RequestMatch.Path.Exact exact ->
          matcher.setExact(exact.value()).setIgnoreCase(exact.ignoreCase());
      case RequestMatch.Path.Prefix prefix ->
          matcher.setPrefix(prefix.value()).setIgnoreCase(prefix.ignoreCase());
      case RequestMatch.Path.Regex regex ->
          matcher.setSafeRegex(HeaderMatchers.regex(regex.value()));
    }
    return permission().setUrlPath(PathMatcher.newBuilder().setPath(matcher)).build();
  }

  private io.envoyproxy.envoy.config.rbac.v3.Permission withToken(
      io.envoyproxy.envoy.config.rbac.v3.Permission permission, ImmutableList<Token> tokens) {
    return tokens.isEmpty()
        ? permission
        : and(List.of(permission, or(tokens.stream().map(this::token).toList())));
  }

  private io.envoyproxy.envoy.config.rbac.v3.Permission token(Token token) {
    JwtProvider provider = providers.get(token.provider());
    if (provider == null) {
      return not(ANYTHING);
    }
    List<io.envoyproxy.envoy.config.rbac.v3.Permission> all = new ArrayList<>();
    all.add(claim(provider, List.of("iss"), exactly(provider.issuer())));
    for (Claim claim : token.claims()) {
      ValueMatcher value = exactly(claim.value());
      var listed =
          ValueMatcher.newBuilder().setListMatch(ListMatcher.newBuilder().setOneOf(value)).build();
      all.add(
          or(List.of(claim(provider, claim.path(), value), claim(provider, claim.path(), listed))));
    }
    return and(all);
  }

  private static io.envoyproxy.envoy.config.rbac.v3.Permission claim(
      JwtProvider provider, List<String> path, ValueMatcher value) {
    var matcher =
        MetadataMatcher.newBuilder()
            .setFilter(TokenClaims.METADATA)
            .addPath(segment(IntentionTokens.payload(provider.id().name())));
    path.forEach(name -> matcher.addPath(segment(name)));
    return permission()
        .setSourcedMetadata(
            SourcedMetadata.newBuilder().setMetadataMatcher(matcher.setValue(value)))
        .build();
  }

  private static MetadataMatcher.PathSegment segment(String key) {
    return MetadataMatcher.PathSegment.newBuilder().setKey(key).build();
  }

  private static ValueMatcher exactly(String value) {
    return ValueMatcher.newBuilder()
        .setStringMatch(StringMatcher.newBuilder().setExact(value))
        .build();
  }

  private Principal service(String name) {
    return service(Optional.of(name));
  }

  /** By its certificate, in any datacenter; of no name: every service. */
  private Principal service(Optional<String> name) {
    String expression =
        HeaderMatchers.quote(authority.prefix() + "ns/default/dc/")
            + ANY_SEGMENT
            + "/svc/"
            + name.map(HeaderMatchers::quote).orElse(ANY_SEGMENT);
    return Principal.newBuilder()
        .setAuthenticated(
            Principal.Authenticated.newBuilder()
                .setPrincipalName(
                    StringMatcher.newBuilder().setSafeRegex(HeaderMatchers.regex(expression))))
        .build();
  }

  private static Principal not(Principal principal) {
    return Principal.newBuilder().setNotId(principal).build();
  }

  private static Principal and(Principal first, List<Principal> more) {
    return more.isEmpty()
        ? first
        : Principal.newBuilder()
            .setAndIds(Principal.Set.newBuilder().addIds(first).addAllIds(more))
            .build();
  }

  private static io.envoyproxy.envoy.config.rbac.v3.Permission.Builder permission() {
    return io.envoyproxy.envoy.config.rbac.v3.Permission.newBuilder();
  }

  private static io.envoyproxy.envoy.config.rbac.v3.Permission not(
      io.envoyproxy.envoy.config.rbac.v3.Permission permission) {
    return permission().setNotRule(permission).build();
  }

  private static io.envoyproxy.envoy.config.rbac.v3.Permission unless(
      List<io.envoyproxy.envoy.config.rbac.v3.Permission> others,
      io.envoyproxy.envoy.config.rbac.v3.Permission permission) {
    return others.isEmpty() ? permission : and(List.of(permission, not(or(others))));
  }

  private static io.envoyproxy.envoy.config.rbac.v3.Permission and(
      List<io.envoyproxy.envoy.config.rbac.v3.Permission> all) {
    return all.size() == 1
        ? all.getFirst()
        : permission()
            .setAndRules(
                io.envoyproxy.envoy.config.rbac.v3.Permission.Set.newBuilder().addAllRules(all))
            .build();
  }

  private static io.envoyproxy.envoy.config.rbac.v3.Permission or(
      List<io.envoyproxy.envoy.config.rbac.v3.Permission> any) {
    return any.size() == 1
        ? any.getFirst()
        : permission()
            .setOrRules(
                io.envoyproxy.envoy.config.rbac.v3.Permission.Set.newBuilder().addAllRules(any))
            .build();
  }
}
