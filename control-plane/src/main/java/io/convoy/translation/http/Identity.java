package io.convoy.translation.http;

import com.github.xds.type.matcher.v3.Matcher;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.RBAC.Action;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;

/**
 * Makes a guard deny the requests that mean another guard. An Envoy that moves between replicas, or
 * whose documents come and go, may for a moment have one document's route and another's content in
 * the slot; then nobody passes, rather than somebody by the wrong rules.
 */
public final class Identity {
  /** A provider that nobody has a token of. */
  private static final String NOBODY = "nobody";

  private Identity() {}

  /**
   * {@code guard}, which lets nothing pass without {@code value} in {@code header}.
   *
   * @throws IllegalArgumentException for a filter that is no guard, or that lets pass what it does
   *     not know: rules that deny
   */
  public static Message require(Message guard, String header, String value) {
    return switch (guard) {
      case JwtAuthentication jwt -> jwt(jwt, matcher(header, value));
      case RBAC rbac when rbac.hasMatcher() -> rbac(rbac, header, value);
      case RBAC rbac when rbac.getRules().getAction() == Action.ALLOW ->
          rbac(rbac, matcher(header, value));
      default ->
          throw new IllegalArgumentException(
              "not a guard that denies by default: " + guard.getDescriptorForType().getFullName());
    };
  }

  private static HeaderMatcher matcher(String header, String value) {
    return HeaderMatcher.newBuilder()
        .setName(header)
        .setStringMatch(StringMatcher.newBuilder().setExact(value))
        .build();
  }

  private static JwtAuthentication jwt(JwtAuthentication jwt, HeaderMatcher meant) {
    var result = jwt.toBuilder();
    result.getRulesBuilderList().forEach(rule -> rule.getMatchBuilder().addHeaders(meant));
    return result
        .putProviders(
            NOBODY,
            JwtProvider.newBuilder()
                .setIssuer(NOBODY)
                .setLocalJwks(DataSource.newBuilder().setInlineString("{\"keys\":[]}"))
                .build())
        .addRules(
            RequirementRule.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRequires(JwtRequirement.newBuilder().setProviderName(NOBODY)))
        .build();
  }

  private static RBAC rbac(RBAC rbac, HeaderMatcher meant) {
    var result = rbac.toBuilder();
    rbac.getRules()
        .getPoliciesMap()
        .forEach((name, policy) -> result.getRulesBuilder().putPolicies(name, and(policy, meant)));
    return result.build();
  }

  private static Policy and(Policy policy, HeaderMatcher meant) {
    var any = Permission.Set.newBuilder().addAllRules(policy.getPermissionsList());
    var both =
        Permission.Set.newBuilder()
            .addRules(Permission.newBuilder().setHeader(meant))
            .addRules(Permission.newBuilder().setOrRules(any));
    return policy.toBuilder()
        .clearPermissions()
        .addPermissions(Permission.newBuilder().setAndRules(both))
        .build();
  }

  /** Envoy denies what a matcher has no action for. */
  private static RBAC rbac(RBAC rbac, String header, String value) {
    return rbac.toBuilder()
        .setMatcher(
            Matchers.exactHeader(header)
                .put(value, Matcher.OnMatch.newBuilder().setMatcher(rbac.getMatcher()).build())
                .build())
        .build();
  }
}
