package io.convoy.bench.dataplane;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceJson;
import io.convoy.translation.StaticBootstrap;
import io.convoy.translation.Translation;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtClaimToHeader;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtProvider;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirement;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtRequirementOrList;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RequirementRule;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import java.util.List;

/**
 * What somebody would write by hand who has one service: the same listener, and the two filters in
 * it as Envoy's documentation shows them.
 */
public final class HandWritten {
  private HandWritten() {}

  /** Where requests go to {@code /s0/}, as everywhere. */
  public static Arrangement of(List<Tokens> providers, int port, int backend) {
    Translation plain =
        Arrangement.translate(
            new Arrangement.Wish("hand-written", 1, 0, 0), List.of(), port, backend);
    var resources = ImmutableList.<Resource>builder();
    for (Resource resource : plain.resources()) {
      resources.add(
          ResourceJson.message(resource) instanceof Listener listener
              ? Resource.of(
                  resource.key(),
                  withFilters(listener, providers),
                  resource.documents(),
                  resource.references())
              : resource);
    }
    return new Arrangement(
        "hand-written for 1 service, providers: " + providers.size(),
        port,
        providers.getLast(),
        StaticBootstrap.of(new Translation(resources.build(), plain.unresolved())));
  }

  private static Listener withFilters(Listener listener, List<Tokens> providers) {
    var result = listener.toBuilder();
    var filter = result.getFilterChainsBuilder(0).getFiltersBuilder(0);
    try {
      var manager = filter.getTypedConfig().unpack(HttpConnectionManager.class).toBuilder();
      HttpFilter router = manager.getHttpFiltersList().getLast();
      manager
          .clearHttpFilters()
          .addHttpFilters(filter("envoy.filters.http.jwt_authn", Any.pack(jwt(providers))))
          .addHttpFilters(filter("envoy.filters.http.local_ratelimit", Any.pack(limit())))
          .addHttpFilters(router);
      filter.setTypedConfig(Any.pack(manager.build()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    return result.build();
  }

  private static HttpFilter filter(String name, Any config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(config).build();
  }

  private static JwtAuthentication jwt(List<Tokens> providers) {
    var filter = JwtAuthentication.newBuilder();
    var any = JwtRequirementOrList.newBuilder();
    for (Tokens provider : providers) {
      filter.putProviders(provider.name(), provider(provider));
      any.addRequirements(JwtRequirement.newBuilder().setProviderName(provider.name()));
    }
    return filter
        .addRules(
            RequirementRule.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRequires(
                    providers.size() == 1
                        ? any.getRequirements(0)
                        : JwtRequirement.newBuilder().setRequiresAny(any).build()))
        .build();
  }

  private static JwtProvider provider(Tokens provider) {
    return JwtProvider.newBuilder()
        .setIssuer(provider.issuer())
        .setLocalJwks(DataSource.newBuilder().setInlineString(provider.keySet()))
        .setPayloadInMetadata("jwt")
        .addClaimToHeaders(
            JwtClaimToHeader.newBuilder().setClaimName("sub").setHeaderName("x-user"))
        .build();
  }

  private static LocalRateLimit limit() {
    var always =
        RuntimeFractionalPercent.newBuilder()
            .setDefaultValue(FractionalPercent.newBuilder().setNumerator(100));
    var bucket =
        TokenBucket.newBuilder()
            .setMaxTokens(1_000_000)
            .setTokensPerFill(UInt32Value.of(1_000_000))
            .setFillInterval(Durations.fromSeconds(1));
    var user =
        RateLimit.Action.newBuilder()
            .setRequestHeaders(
                RateLimit.Action.RequestHeaders.newBuilder()
                    .setHeaderName("x-user")
                    .setDescriptorKey("user"));
    return LocalRateLimit.newBuilder()
        .setStatPrefix("user")
        .setTokenBucket(bucket)
        .setFilterEnabled(always)
        .setFilterEnforced(always)
        .setMaxDynamicDescriptors(UInt32Value.of(10_000))
        .addRateLimits(RateLimit.newBuilder().addActions(user))
        .addDescriptors(
            LocalRateLimitDescriptor.newBuilder()
                .addEntries(RateLimitDescriptor.Entry.newBuilder().setKey("user"))
                .setTokenBucket(bucket))
        .build();
  }
}
