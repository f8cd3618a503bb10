package io.convoy.translation;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.CircuitBreaker;
import io.convoy.policy.ClusterSettings;
import io.convoy.policy.ServiceDefaults;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.clusters.common.dns.v3.DnsLookupFamily;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import java.time.Duration;
import java.util.Optional;

/** The cluster of a plan. */
final class Clusters {
  /** Envoy's best practices for edge proxies. */
  private static final int BUFFER_LIMIT = 32 * 1024;

  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private Clusters() {}

  /**
   * What a cluster is made of.
   *
   * @param dns the endpoints where Envoy has to resolve their names itself; absent, they come by
   *     EDS
   * @param tls absent where all endpoints are spoken to in plain text
   */
  record Input(ClusterPlan plan, Optional<ClusterLoadAssignment> dns, Optional<PeerTls> tls) {}

  static Cluster of(Input input) {
    ClusterPlan plan = input.plan();
    ClusterSettings settings = plan.settings();
    var cluster =
        Cluster.newBuilder()
            .setName(plan.name())
            .setConnectTimeout(RouteActions.duration(plan.connectTimeout()))
            .setPerConnectionBufferLimitBytes(UInt32Value.of(BUFFER_LIMIT))
            // 0 said in so many words: absent stands for 50 %. Without it Envoy would send to
            // critical instances as soon as half of all are critical. Zone-aware routing needs
            // nothing here: it begins when an Envoy is told its own zone and cluster.
            .setCommonLbConfig(
                Cluster.CommonLbConfig.newBuilder()
                    .setHealthyPanicThreshold(
                        LoadBalancers.percent(settings.panicThreshold().orElse(0))));
    if (plan.sidecars()) {
      // The same service to whoever reads statistics or the access log.
      cluster.setAltStatName(plan.target().clusterName());
    }
    input.dns().ifPresentOrElse(endpoints -> dns(cluster, endpoints), () -> eds(cluster));
    input.tls().ifPresent(tls -> tls(cluster, input, tls));
    protocol(cluster, plan);
    LoadBalancers.apply(cluster, settings.loadBalancing());
    breakers(cluster, settings.circuitBreaker());
    settings
        .outlierDetection()
        .ifPresent(check -> cluster.setOutlierDetection(HealthChecks.outliers(check)));
    settings
        .activeHealthCheck()
        .filter(check -> HealthChecks.possible(check, plan.protocol()))
        .ifPresent(check ->
            cluster
                .addHealthChecks(HealthChecks.active(check, plan.host(), plan.protocol()))
                // Otherwise an instance that has left the catalog goes on being used for as long
                // as it passes its checks.
                .setIgnoreHealthOnHostRemoval(true));
    return cluster.build();
  }

  /** Health checks go the same way as requests do: Envoy takes the endpoint's. */
  private static void tls(Cluster.Builder cluster, Input input, PeerTls tls) {
    ClusterPlan plan = input.plan();
    if (cluster.hasEdsClusterConfig()) {
      cluster
          .getEdsClusterConfigBuilder()
          .setServiceName(PeerTls.endpoints(plan.name(), Optional.of(tls)));
    }
    tls.authority()
        .ifPresent(authority ->
            tls.services()
                .forEach(service ->
                    cluster.addTransportSocketMatches(
                        MutualTls.client(authority, service, plan.protocol()))));
    tls.outside()
        .forEach((service, how) ->
            cluster.addAllTransportSocketMatches(
                OutsideTls.client(service, how, plan.protocol(), input.dns())));
  }

  static void eds(Cluster.Builder cluster) {
    cluster
        .setType(Cluster.DiscoveryType.EDS)
        .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(Ads.SOURCE));
  }

  private static void dns(Cluster.Builder cluster, ClusterLoadAssignment endpoints) {
    cluster
        .setClusterType(
            Cluster.CustomClusterType.newBuilder()
                .setName("envoy.clusters.dns")
                .setTypedConfig(
                    Any.pack(
                        DnsCluster.newBuilder()
                            .setRespectDnsTtl(true)
                            .setDnsLookupFamily(DnsLookupFamily.V4_PREFERRED)
                            .build())))
        .setLoadAssignment(endpoints);
  }

  /** Nothing where the service speaks HTTP/1.1 and nothing is said: that is Envoy's default. */
  private static void protocol(Cluster.Builder cluster, ClusterPlan plan) {
    HttpProtocolOptions common = connections(plan.settings());
    Http1ProtocolOptions http1 = http1(plan.http1());
    boolean http2 =
        switch (plan.protocol()) {
          case HTTP2, GRPC -> true;
          case HTTP, TCP -> false;
        };
    if (!http2
        && common.equals(HttpProtocolOptions.getDefaultInstance())
        && http1.equals(Http1ProtocolOptions.getDefaultInstance())) {
      return;
    }
    var explicit =
        io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig
            .newBuilder();
    if (http2) {
      explicit.setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance());
    } else {
      explicit.setHttpProtocolOptions(http1);
    }
    var options =
        io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
            .setExplicitHttpConfig(explicit);
    if (!common.equals(HttpProtocolOptions.getDefaultInstance())) {
      options.setCommonHttpProtocolOptions(common);
    }
    cluster.putTypedExtensionProtocolOptions(HTTP_OPTIONS, Any.pack(options.build()));
  }

  /** Where the service speaks it. */
  static void http2(Cluster.Builder cluster, ServiceDefaults.Protocol protocol) {
    switch (protocol) {
      case HTTP2, GRPC ->
          cluster.putTypedExtensionProtocolOptions(
              HTTP_OPTIONS,
              Any.pack(
                  io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
                      .setExplicitHttpConfig(
                          io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                              .ExplicitHttpConfig.newBuilder()
                              .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()))
                      .build()));
      case HTTP, TCP -> {}
    }
  }

  private static Http1ProtocolOptions http1(ClusterPlan.Http1 http1) {
    var options = Http1ProtocolOptions.newBuilder().setEnableTrailers(http1.trailers());
    if (http1.preserveHeaderCase()) {
      options.setHeaderKeyFormat(HeaderCase.PRESERVED);
    }
    return options.build();
  }

  /** How long a connection is used; to Envoy 0 is a limit of no time, but not for idleness. */
  private static HttpProtocolOptions connections(ClusterSettings settings) {
    var options = HttpProtocolOptions.newBuilder();
    settings
        .connectionIdleTimeout()
        .ifPresent(time -> options.setIdleTimeout(RouteActions.duration(time)));
    settings
        .maxConnectionDuration()
        .filter(Duration::isPositive)
        .ifPresent(time -> options.setMaxConnectionDuration(RouteActions.duration(time)));
    settings
        .circuitBreaker()
        .maxRequestsPerConnection()
        .ifPresent(most -> options.setMaxRequestsPerConnection(UInt32Value.of(most)));
    return options.build();
  }

  static void breakers(Cluster.Builder cluster, CircuitBreaker breaker) {
    var thresholds = CircuitBreakers.Thresholds.newBuilder();
    breaker
        .maxConnections()
        .ifPresent(limit -> thresholds.setMaxConnections(UInt32Value.of(limit)));
    breaker
        .maxPendingRequests()
        .ifPresent(limit -> thresholds.setMaxPendingRequests(UInt32Value.of(limit)));
    breaker.maxRequests().ifPresent(limit -> thresholds.setMaxRequests(UInt32Value.of(limit)));
    breaker
        .retryBudget()
        .ifPresentOrElse(
            budget -> thresholds.setRetryBudget(budget(budget)),
            () ->
                breaker
                    .maxRetries()
                    .ifPresent(limit -> thresholds.setMaxRetries(UInt32Value.of(limit))));
    CircuitBreakers.Thresholds built = thresholds.build();
    if (!built.equals(CircuitBreakers.Thresholds.getDefaultInstance())) {
      cluster.setCircuitBreakers(CircuitBreakers.newBuilder().addThresholds(built));
    }
  }

  private static CircuitBreakers.Thresholds.RetryBudget budget(CircuitBreaker.RetryBudget budget) {
    return CircuitBreakers.Thresholds.RetryBudget.newBuilder()
        .setBudgetPercent(LoadBalancers.percent(budget.percent()))
        .setMinRetryConcurrency(UInt32Value.of(budget.minConcurrency()))
        .build();
  }
}
