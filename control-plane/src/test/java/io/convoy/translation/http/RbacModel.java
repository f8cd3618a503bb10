package io.convoy.translation.http;

import com.google.common.collect.ImmutableMap;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** As much of Envoy's RBAC as intentions need, by its documentation: what it makes of a call. */
record RbacModel(RBAC rules) {

  /**
   * A call.
   *
   * @param identity the name in the certificate
   * @param claims of verified tokens, by their path with slashes between the names
   */
  record Call(String identity, String method, String path, ImmutableMap<String, String> claims) {}

  boolean allows(Call call) {
    if (rules.getAction() != RBAC.Action.ALLOW) {
      throw new IllegalArgumentException("rules that do not list what is allowed");
    }
    return rules.getPoliciesMap().values().stream()
        .anyMatch(policy ->
            policy.getPermissionsList().stream().anyMatch(one -> matches(one, call))
                && policy.getPrincipalsList().stream().anyMatch(one -> matches(one, call)));
  }

  private static boolean matches(Principal principal, Call call) {
    return switch (principal.getIdentifierCase()) {
      case ANY -> true;
      case NOT_ID -> !matches(principal.getNotId(), call);
      case AND_IDS ->
          principal.getAndIds().getIdsList().stream().allMatch(one -> matches(one, call));
      case OR_IDS -> principal.getOrIds().getIdsList().stream().anyMatch(one -> matches(one, call));
      case AUTHENTICATED ->
          matches(principal.getAuthenticated().getPrincipalName(), call.identity());
      default -> throw new IllegalArgumentException(principal.toString());
    };
  }

  private static boolean matches(Permission permission, Call call) {
    return switch (permission.getRuleCase()) {
      case ANY -> true;
      case NOT_RULE -> !matches(permission.getNotRule(), call);
      case AND_RULES ->
          permission.getAndRules().getRulesList().stream().allMatch(one -> matches(one, call));
      case OR_RULES ->
          permission.getOrRules().getRulesList().stream().anyMatch(one -> matches(one, call));
      case URL_PATH -> matches(permission.getUrlPath().getPath(), call.path());
      case HEADER -> matches(permission.getHeader(), call);
      case SOURCED_METADATA -> matches(permission.getSourcedMetadata().getMetadataMatcher(), call);
      default -> throw new IllegalArgumentException(permission.toString());
    };
  }

  private static boolean matches(HeaderMatcher header, Call call) {
    if (!header.getName().equals(":method") || header.getInvertMatch()) {
      throw new IllegalArgumentException(header.toString());
    }
    return matches(header.getStringMatch(), call.method());
  }

  private static boolean matches(MetadataMatcher metadata, Call call) {
    String path =
        metadata.getPathList().stream()
            .map(MetadataMatcher.PathSegment::getKey)
            .collect(Collectors.joining("/"));
    String value = call.claims().get(path);
    return value != null
        && metadata.getValue().hasStringMatch()
        && matches(metadata.getValue().getStringMatch(), value);
  }

  private static boolean matches(StringMatcher matcher, String text) {
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> text.equals(matcher.getExact());
      case PREFIX -> text.startsWith(matcher.getPrefix());
      case SAFE_REGEX -> Pattern.matches(matcher.getSafeRegex().getRegex(), text);
      default -> throw new IllegalArgumentException(matcher.toString());
    };
  }
}
