package io.convoy.translation.http;

import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Empty;
import io.convoy.policy.JwtProvider;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementAndList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;

/**
 * Verifies the tokens that intentions ask for. It lets everything pass: only the rules behind it
 * know what a token is needed for, and see those alone that are good.
 */
public final class IntentionTokens {
  private IntentionTokens() {}

  /** Under this key of the filter's metadata stands the payload of a provider's token. */
  static String payload(String provider) {
    return "intentions/" + provider;
  }

  /**
   * The filter.
   *
   * @param providers by name
   * @param keep whether every token stays in the request, for those who look for it after this
   */
  public static JwtAuthentication filter(
      ImmutableMap<String, JwtProvider> providers, boolean keep) {
    var filter = JwtAuthentication.newBuilder();
    var all = JwtRequirementAndList.newBuilder();
    providers.forEach((name, provider) -> {
      var configured = JwtAuthn.provider(provider, payload(name));
      filter.putProviders(name, configured.setForward(keep || provider.forward()).build());
      all.addRequirements(wanted(name));
    });
    JwtRequirement required =
        all.getRequirementsCount() == 1
            ? all.getRequirements(0)
            : JwtRequirement.newBuilder().setRequiresAll(all).build();
    if (!providers.isEmpty()) {
      filter.addRules(
          RequirementRule.newBuilder()
              .setMatch(RouteMatch.newBuilder().setPrefix("/"))
              .setRequires(required));
    }
    return filter.build();
  }

  private static JwtRequirement wanted(String provider) {
    return JwtRequirement.newBuilder()
        .setRequiresAny(
            JwtRequirementOrList.newBuilder()
                .addRequirements(JwtRequirement.newBuilder().setProviderName(provider))
                .addRequirements(
                    JwtRequirement.newBuilder()
                        .setAllowMissingOrFailed(Empty.getDefaultInstance())))
        .build();
  }
}
