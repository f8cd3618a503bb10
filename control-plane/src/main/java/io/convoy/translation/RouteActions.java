package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.HeaderModifier;
import io.convoy.policy.Retries;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceResolver;
import io.convoy.policy.Timeouts;
import io.convoy.translation.http.HeaderMatchers;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import java.util.List;
import java.util.Optional;

/** What Envoy does with the requests of a route that goes to clusters. */
final class RouteActions {
  private RouteActions() {}

  /** {@code shares} is not empty. */
  static RouteAction of(
      ImmutableList<Share> shares, PathRule paths, Timeouts timeouts, Retries retries) {
    var action = RouteAction.newBuilder();
    clusters(action, shares);
    rewrite(action, paths);
    if (shares.stream().anyMatch(share -> share.cluster().hostRewrite())) {
      action.setAutoHostRewrite(BoolValue.of(true));
    }
    timeouts(action, shares, timeouts);
    hashPolicies(shares).forEach(policy -> action.addHashPolicy(hashPolicy(policy)));
    RetryPolicies.of(retries).ifPresent(action::setRetryPolicy);
    return action.build();
  }

  private static void clusters(RouteAction.Builder action, ImmutableList<Share> shares) {
    if (shares.size() == 1 && shares.getFirst().headers().isEmpty()) {
      action.setCluster(shares.getFirst().cluster().name());
      return;
    }
    List<Integer> weights = Fraction.weights(shares.stream().map(Share::weight).toList());
    var weighted = WeightedCluster.newBuilder();
    for (int i = 0; i < shares.size(); i++) {
      Share share = shares.get(i);
      List<HeaderModifier> request = share.headers().stream().map(Share.Headers::request).toList();
      List<HeaderModifier> response =
          share.headers().stream().map(Share.Headers::response).toList();
      weighted.addClusters(
          WeightedCluster.ClusterWeight.newBuilder()
              .setName(share.cluster().name())
              .setWeight(UInt32Value.of(weights.get(i)))
              .addAllRequestHeadersToAdd(HeaderMutations.options(request))
              .addAllRequestHeadersToRemove(HeaderMutations.removed(request))
              .addAllResponseHeadersToAdd(HeaderMutations.options(response))
              .addAllResponseHeadersToRemove(HeaderMutations.removed(response)));
    }
    action.setWeightedClusters(weighted);
  }

  private static void rewrite(RouteAction.Builder action, PathRule paths) {
    switch (paths.rewrite()) {
      case PathRule.Rewrite.None none -> {}
      case PathRule.Rewrite.Matched matched -> action.setPrefixRewrite(matched.value());
      case PathRule.Rewrite.Prefix prefix ->
          action.setRegexRewrite(
              RegexMatchAndSubstitute.newBuilder()
                  .setPattern(
                      HeaderMatchers.regex(
                          (prefix.ignoreCase() ? "(?i)^" : "^")
                              + HeaderMatchers.quote(prefix.prefix())))
                  .setSubstitution(prefix.value().replace("\\", "\\\\")));
    }
  }

  /**
   * Envoy ends a request after 15 s where nothing is said, and so does Consul; a call of a gRPC
   * service may be a stream without end and has no such limit. A resolver's limit counts only where
   * the route goes to it alone, as in Consul: the shares of a split cannot have different ones.
   */
  private static void timeouts(
      RouteAction.Builder action, ImmutableList<Share> shares, Timeouts timeouts) {
    Optional<java.time.Duration> resolver =
        shares.size() == 1 ? shares.getFirst().cluster().requestTimeout() : Optional.empty();
    boolean streams =
        shares.stream()
            .anyMatch(share -> share.cluster().protocol() == ServiceDefaults.Protocol.GRPC);
    timeouts
        .request()
        .or(() -> resolver)
        .or(() -> streams ? Optional.of(java.time.Duration.ZERO) : Optional.empty())
        .ifPresent(timeout -> action.setTimeout(duration(timeout)));
    timeouts.idle().ifPresent(timeout -> action.setIdleTimeout(duration(timeout)));
  }

  /** A route hashes in one way only: as the first of its clusters that hashes asks for. */
  private static ImmutableList<ServiceResolver.HashPolicy> hashPolicies(
      ImmutableList<Share> shares) {
    return shares.stream()
        .flatMap(share -> share.cluster().settings().loadBalancing().policy().stream())
        .filter(RouteActions::hashes)
        .findFirst()
        .map(ServiceResolver.LoadBalancer::hashPolicies)
        .orElse(ImmutableList.of());
  }

  static boolean hashes(ServiceResolver.LoadBalancer balancer) {
    return switch (balancer.policy()) {
      case ServiceResolver.Policy.RingHash ring -> true;
      case ServiceResolver.Policy.Maglev maglev -> true;
      case ServiceResolver.Policy.RoundRobin robin -> false;
      case ServiceResolver.Policy.Random random -> false;
      case ServiceResolver.Policy.LeastRequest least -> false;
    };
  }

  private static RouteAction.HashPolicy hashPolicy(ServiceResolver.HashPolicy policy) {
    var result = RouteAction.HashPolicy.newBuilder().setTerminal(policy.terminal());
    switch (policy) {
      case ServiceResolver.HashPolicy.Header header ->
          result.setHeader(RouteAction.HashPolicy.Header.newBuilder().setHeaderName(header.name()));
      case ServiceResolver.HashPolicy.QueryParameter parameter ->
          result.setQueryParameter(
              RouteAction.HashPolicy.QueryParameter.newBuilder().setName(parameter.name()));
      case ServiceResolver.HashPolicy.Cookie cookie -> {
        var hashed =
            RouteAction.HashPolicy.Cookie.newBuilder()
                .setName(cookie.name())
                .setPath(cookie.path());
        cookie.ttl().ifPresent(ttl -> hashed.setTtl(duration(ttl)));
        result.setCookie(hashed);
      }
      case ServiceResolver.HashPolicy.SourceIp source ->
          result.setConnectionProperties(
              RouteAction.HashPolicy.ConnectionProperties.newBuilder().setSourceIp(true));
    }
    return result.build();
  }

  static Duration duration(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }
}
