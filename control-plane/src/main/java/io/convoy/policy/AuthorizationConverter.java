package io.convoy.policy;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.config.v1.SecurityPolicyProto;
import io.convoy.config.v1.SecurityPolicyProto.AuthorizationClaim;
import io.convoy.config.v1.SecurityPolicyProto.AuthorizationJwt;
import io.convoy.config.v1.SecurityPolicyProto.AuthorizationOperation;
import io.convoy.config.v1.SecurityPolicyProto.AuthorizationPrincipal;
import io.convoy.config.v1.SecurityPolicyProto.AuthorizationRule;
import io.convoy.policy.Authorization.Action;
import io.convoy.policy.Authorization.Claim;
import io.convoy.policy.Authorization.Rule;
import io.convoy.policy.Authorization.Token;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** {@code Authorization} of a {@code security-policy}. */
final class AuthorizationConverter {
  private static final int MAX_RULES = 1000;
  private static final int MAX_VALUE = 8192;
  private static final ImmutableMap<String, Action> ACTIONS =
      ImmutableMap.of("Allow", Action.ALLOW, "Deny", Action.DENY);
  private static final ImmutableMap<String, Boolean> LISTS =
      ImmutableMap.of("String", false, "StringArray", true);

  private AuthorizationConverter() {}

  static Authorization convert(SecurityPolicyProto.Authorization message, At at) {
    At rulesAt = at.field("Rules");
    rulesAt.require(
        message.getRulesCount() <= MAX_RULES,
        message.getRulesCount() + " rules",
        "expected at most " + MAX_RULES);
    var rules = ImmutableList.<Rule>builder();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < message.getRulesCount(); i++) {
      Rule rule = rule(message.getRules(i), i, rulesAt.index(i));
      rulesAt
          .index(i)
          .field("Name")
          .require(names.add(rule.name()), Value.quoted(rule.name()), "expected every name once");
      rules.add(rule);
    }
    String otherwise = Optionals.or(message.getDefaultAction(), "Deny");
    return new Authorization(
        at.field("DefaultAction").oneOf(ACTIONS, otherwise), message.getShadow(), rules.build());
  }

  private static Rule rule(AuthorizationRule rule, int index, At at) {
    String name = Optionals.or(rule.getName(), Integer.toString(index));
    AuthorizationPrincipal principal = rule.getPrincipal();
    At principalAt = at.field("Principal");
    return new Rule(
        at.field("Name").name(name),
        at.field("Action").oneOf(ACTIONS, rule.getAction()),
        methods(rule.getOperation(), at.field("Operation").field("Methods")),
        paths(rule.getOperation(), at.field("Operation").field("Paths")),
        clients(principal, principalAt.field("ClientCIDRs")),
        headers(principal, principalAt.field("Headers")),
        principal.hasJwt()
            ? Optional.of(token(principal.getJwt(), principalAt.field("JWT")))
            : Optional.empty());
  }

  private static ImmutableSet<String> methods(AuthorizationOperation operation, At at) {
    var methods = ImmutableSet.<String>builder();
    for (int i = 0; i < operation.getMethodsCount(); i++) {
      methods.add(HttpChecks.method(at.index(i), operation.getMethods(i)));
    }
    return methods.build();
  }

  private static ImmutableList<RequestMatch.Path> paths(AuthorizationOperation operation, At at) {
    var paths = ImmutableList.<RequestMatch.Path>builder();
    for (int i = 0; i < operation.getPathsCount(); i++) {
      var path = operation.getPaths(i);
      paths.add(MatchForms.path(at.index(i), path.getMatch(), path.getValue()));
    }
    return paths.build();
  }

  private static ImmutableList<AddressRange> clients(AuthorizationPrincipal principal, At at) {
    var clients = ImmutableList.<AddressRange>builder();
    for (int i = 0; i < principal.getClientCidrsCount(); i++) {
      String range = principal.getClientCidrs(i);
      At here = at.index(i);
      clients.add(
          AddressRange.parse(range)
              .orElseThrow(() ->
                  here.refusal(
                      Value.quoted(range), "expected an address range such as 10.0.0.0/8")));
    }
    return clients.build();
  }

  private static ImmutableList<RequestMatch.Header> headers(
      AuthorizationPrincipal principal, At at) {
    var headers = ImmutableList.<RequestMatch.Header>builder();
    for (int i = 0; i < principal.getHeadersCount(); i++) {
      var header = principal.getHeaders(i);
      At here = at.index(i);
      headers.add(
          new RequestMatch.Header(
              HttpChecks.header(here.field("Name"), header.getName()),
              MatchForms.header(here, header.getMatch(), header.getValue()),
              false));
    }
    return headers.build();
  }

  private static Token token(AuthorizationJwt jwt, At at) {
    Set<String> scopes = new LinkedHashSet<>();
    for (int i = 0; i < jwt.getScopesCount(); i++) {
      String scope = jwt.getScopes(i);
      at.field("Scopes")
          .index(i)
          .require(
              scope.matches("[\\x21\\x23-\\x5B\\x5D-\\x7E]{1,256}"),
              Value.quoted(scope),
              "expected a scope: printable characters without blanks, quotes and backslashes");
      scopes.add(scope);
    }
    var claims = ImmutableList.<Claim>builder();
    for (int i = 0; i < jwt.getClaimsCount(); i++) {
      claims.add(claim(jwt.getClaims(i), at.field("Claims").index(i)));
    }
    return new Token(
        jwt.getProvider().isEmpty()
            ? Optional.empty()
            : Optional.of(at.field("Provider").name(jwt.getProvider())),
        ImmutableSet.copyOf(scopes),
        claims.build());
  }

  private static Claim claim(AuthorizationClaim claim, At at) {
    String name = claim.getName();
    boolean url = name.contains("://");
    at.field("Name")
        .require(
            name.length() <= 256 && (url || name.matches("[^.]+(\\.[^.]+)*")),
            Value.quoted(name),
            "expected a claim's name, or names with dots between them");
    At values = at.field("Values");
    values.require(claim.getValuesCount() > 0, "nothing", "expected at least one value");
    for (int i = 0; i < claim.getValuesCount(); i++) {
      values
          .index(i)
          .require(
              claim.getValues(i).length() <= MAX_VALUE,
              Value.quoted(claim.getValues(i)),
              "expected at most " + MAX_VALUE + " characters");
    }
    return new Claim(
        url ? ImmutableList.of(name) : ImmutableList.copyOf(Splitter.on('.').split(name)),
        at.field("ValueType").oneOf(LISTS, Optionals.or(claim.getValueType(), "String")),
        ImmutableSet.copyOf(claim.getValuesList()));
  }
}
