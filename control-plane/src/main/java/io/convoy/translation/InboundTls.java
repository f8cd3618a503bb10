package io.convoy.translation;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import io.convoy.catalog.Mesh;
import io.convoy.policy.ClientTrafficPolicy.ClientIpDetection;
import io.convoy.policy.ServiceDefaults;
import io.convoy.translation.http.RouterFilter;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.time.Duration;
import java.util.Optional;

/**
 * Whom a sidecar lets in.
 *
 * @param permissive whether those too who do not prove who they are
 * @param check what they reach anyway
 */
record InboundTls(
    Mesh.Authority authority,
    ServiceDefaults.Protocol protocol,
    boolean permissive,
    Optional<Check> check) {
  /**
   * Whoever proves that he is of the mesh is believed what he says of the one who called him: the
   * last entry of {@code X-Forwarded-For}, which is his own, and the other headers as they are.
   */
  static final ClientIpDetection CALLERS = new ClientIpDetection.Hops(1);

  private static final String TLS = "tls";
  private static final String PLAIN = "raw_buffer";
  private static final int FORBIDDEN = 403;

  /** Where a server speaks first, nothing tells that the client won't speak TLS. */
  private static final Duration SILENCE = Duration.ofSeconds(1);

  /** The health check's path, and the cluster that answers there. */
  record Check(String path, String cluster) {}

  /**
   * Adds the filter chains.
   *
   * @param judged what takes over after the handshake
   * @param open for those who prove nothing, where they are let in: there is nobody to judge
   */
  void addTo(Listener.Builder listener, FilterChain judged, FilterChain open) {
    listener.addAccessLog(AccessLogs.FAILED_HANDSHAKES);
    var proven =
        judged.toBuilder().setTransportSocket(MutualTls.server(authority, protocol)).setName(TLS);
    Optional<FilterChain> plain =
        permissive ? Optional.of(open) : check.map(path -> checkChain(listener.getName(), path));
    if (plain.isEmpty()) {
      listener.addFilterChains(proven);
      return;
    }
    listener
        .addListenerFilters(
            ListenerFilter.newBuilder()
                .setName("envoy.filters.listener.tls_inspector")
                .setTypedConfig(Any.pack(TlsInspector.getDefaultInstance())))
        .addFilterChains(proven.setFilterChainMatch(speaking(TLS)))
        .addFilterChains(
            plain.get().toBuilder().setName("plain").setFilterChainMatch(speaking(PLAIN)));
    if (protocol == ServiceDefaults.Protocol.TCP) {
      listener
          .setListenerFiltersTimeout(RouteActions.duration(SILENCE))
          .setContinueOnListenerFiltersTimeout(true);
    }
  }

  private static FilterChainMatch speaking(String protocol) {
    return FilterChainMatch.newBuilder().setTransportProtocol(protocol).build();
  }

  /** Serves the one path and nothing else. */
  private static FilterChain checkChain(String listener, Check check) {
    var host =
        VirtualHost.newBuilder()
            .setName("check")
            .addDomains("*")
            .addRoutes(
                Route.newBuilder()
                    .setName("check")
                    .setMatch(RouteMatch.newBuilder().setPath(check.path()))
                    .setRoute(RouteAction.newBuilder().setCluster(check.cluster())))
            .addRoutes(
                Route.newBuilder()
                    .setName("plain-text")
                    .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                    .setDirectResponse(DirectResponseAction.newBuilder().setStatus(FORBIDDEN)));
    var manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(listener + "-check")
            .setCodecType(HttpConnectionManager.CodecType.AUTO)
            .setNormalizePath(BoolValue.of(true))
            .setMergeSlashes(true)
            .setAppendXForwardedPort(true)
            .setInternalAddressConfig(GatewayListener.NOBODY_INTERNAL)
            .setRouteConfig(
                RouteConfiguration.newBuilder().setName(listener + "-check").addVirtualHosts(host))
            .addHttpFilters(RouterFilter.FILTER)
            .addAccessLog(AccessLogs.STDOUT);
    ClientAddress.apply(manager, ClientIpDetection.PEER);
    return FilterChain.newBuilder()
        .addFilters(
            Filter.newBuilder()
                .setName("envoy.filters.network.http_connection_manager")
                .setTypedConfig(Any.pack(manager.build())))
        .build();
  }
}
