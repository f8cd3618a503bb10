package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import io.convoy.policy.ClientTrafficPolicy;
import io.convoy.policy.ClientTrafficPolicy.ClientIpDetection;
import io.convoy.policy.ClientTrafficPolicy.Connections;
import io.convoy.policy.ClientTrafficPolicy.Drain;
import io.convoy.policy.ClientTrafficPolicy.EscapedSlashes;
import io.convoy.policy.ClientTrafficPolicy.Path;
import io.convoy.policy.ClientTrafficPolicy.Settings;
import io.convoy.policy.ClientTrafficPolicy.Timeouts;
import io.convoy.policy.ClientTrafficPolicy.Underscores;
import io.convoy.policy.DocumentId;
import io.convoy.translation.http.HttpFilters;
import io.convoy.translation.http.IntentionFilters;
import io.convoy.translation.http.Lanes;
import io.convoy.translation.http.LocalReplies;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.HeadersWithUnderscoresAction;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.InternalAddressConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.time.Duration;
import java.util.Optional;

/**
 * A gateway's listener for one port. It holds nothing that moves often: a change of it drains every
 * connection. Limits and path handling follow "Configuring Envoy as an edge proxy" in Envoy's
 * documentation.
 */
final class GatewayListener {
  static final String EVERYWHERE = "0.0.0.0";

  private static final int KIB = 1024;
  private static final int BUFFER_LIMIT_KIB = 32;
  private static final int MAX_STREAMS = 100;
  private static final int STREAM_WINDOW = 64 * 1024;
  private static final int CONNECTION_WINDOW = 1024 * 1024;
  private static final Duration IDLE_CONNECTION = Duration.ofHours(1);
  private static final Duration IDLE_STREAM = Duration.ofMinutes(5);
  private static final Duration HEADERS = Duration.ofSeconds(10);

  /**
   * No peer has this address: x-envoy-* headers of clients count nowhere. An empty list would stand
   * for the private networks.
   */
  static final InternalAddressConfig NOBODY_INTERNAL =
      InternalAddressConfig.newBuilder()
          .addCidrRanges(
              CidrRange.newBuilder()
                  .setAddressPrefix("255.255.255.255")
                  .setPrefixLen(UInt32Value.of(32)))
          .build();

  private GatewayListener() {}

  /**
   * What a listener is made of.
   *
   * @param name of the listener, its route configuration and its statistics
   * @param address that it listens on
   * @param called the service that it takes calls in for: its intentions say whose
   * @param documents that said so
   * @param tls whom a sidecar lets in; absent where nobody has to prove anything
   */
  record Input(
      String name,
      String address,
      int port,
      Settings clients,
      Lanes lanes,
      Optional<String> called,
      ImmutableSet<DocumentId> documents,
      Optional<InboundTls> tls) {}

  static Listener of(Input input) {
    int buffer = input.clients().connections().bufferLimit().orElse(BUFFER_LIMIT_KIB) * KIB;
    var listener =
        listener(input.name(), input.address(), input.port())
            .setPerConnectionBufferLimitBytes(UInt32Value.of(buffer));
    ClientIpDetection usual = input.clients().clientIpDetection().orElse(ClientIpDetection.PEER);
    ClientIpDetection proven = input.tls().isPresent() ? InboundTls.CALLERS : usual;
    addChains(
        listener,
        chain(input, input.called(), proven),
        chain(input, Optional.empty(), usual),
        input.tls());
    return listener.build();
  }

  private static FilterChain chain(
      Input input, Optional<String> called, ClientIpDetection detection) {
    Connections connections = input.clients().connections();
    var chain = FilterChain.newBuilder();
    connections
        .max()
        .ifPresent(
            max -> chain.addFilters(connectionLimit(input.name(), max, connections.closeDelay())));
    return chain
        .addFilters(
            Filter.newBuilder()
                .setName("envoy.filters.network.http_connection_manager")
                .setTypedConfig(Any.pack(connectionManager(input, called, detection))))
        .build();
  }

  /**
   * Adds the filter chains.
   *
   * @param judged for those whose identity is known, or does not matter to anybody
   * @param open for those who may come without one
   */
  static void addChains(
      Listener.Builder listener, FilterChain judged, FilterChain open, Optional<InboundTls> tls) {
    tls.ifPresentOrElse(
        mutual -> mutual.addTo(listener, judged, open), () -> listener.addFilterChains(judged));
  }

  static Listener.Builder listener(String name, String address, int port) {
    var listener = Listener.newBuilder().setName(name).setAddress(address(address, port));
    if (!address.equals(EVERYWHERE)) {
      // On loopback two Envoys must not share a port unawares: each is of another service.
      listener.setEnableReusePort(BoolValue.of(false));
    }
    return listener;
  }

  static Address address(String address, int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress(address).setPortValue(port))
        .build();
  }

  static Filter connectionLimit(String name, long max, Optional<Duration> closeDelay) {
    var limit =
        ConnectionLimit.newBuilder().setStatPrefix(name).setMaxConnections(UInt64Value.of(max));
    closeDelay.ifPresent(delay -> limit.setDelay(RouteActions.duration(delay)));
    return Filter.newBuilder()
        .setName("envoy.filters.network.connection_limit")
        .setTypedConfig(Any.pack(limit.build()))
        .build();
  }

  private static HttpConnectionManager connectionManager(
      Input input, Optional<String> called, ClientIpDetection detection) {
    var manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(input.name())
            .setCodecType(HttpConnectionManager.CodecType.AUTO)
            .setRds(Rds.newBuilder().setConfigSource(Ads.SOURCE).setRouteConfigName(input.name()))
            .setLocalReplyConfig(LocalReplies.CONFIG)
            .addAccessLog(AccessLogs.STDOUT)
            .addUpgradeConfigs(UpgradeConfig.newBuilder().setUpgradeType("websocket"));
    called.ifPresent(
        service -> manager.addAllHttpFilters(IntentionFilters.ofRequests(service, Ads.SOURCE)));
    manager.addAllHttpFilters(HttpFilters.gateway(input.lanes(), Ads.SOURCE));
    paths(manager, input.clients().path());
    headers(manager, input.clients());
    timeouts(manager, input.clients());
    http1(manager, input.clients().http1());
    http2(manager, input.clients().http2());
    drain(manager, input.clients().drain());
    ClientAddress.apply(manager, detection);
    return manager.build();
  }

  /** Gateway and services must not read one path in two ways, unless they are told to. */
  private static void paths(HttpConnectionManager.Builder manager, Path path) {
    manager
        .setNormalizePath(BoolValue.of(path.normalize().orElse(true)))
        .setMergeSlashes(path.mergeSlashes().orElse(true))
        .setPathWithEscapedSlashesAction(
            switch (path.escapedSlashes().orElse(EscapedSlashes.UNESCAPE_AND_REDIRECT)) {
              case KEEP_UNCHANGED -> PathWithEscapedSlashesAction.KEEP_UNCHANGED;
              case REJECT_REQUEST -> PathWithEscapedSlashesAction.REJECT_REQUEST;
              case UNESCAPE_AND_REDIRECT -> PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT;
              case UNESCAPE_AND_FORWARD -> PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD;
            });
  }

  private static void headers(HttpConnectionManager.Builder manager, Settings clients) {
    manager
        // The services' own, if they have one: it is not the gateway's to say.
        .setServerHeaderTransformation(ServerHeaderTransformation.PASS_THROUGH)
        .setAppendXForwardedPort(true)
        .setGenerateRequestId(BoolValue.of(true))
        .setAlwaysSetRequestIdInResponse(true)
        .setInternalAddressConfig(NOBODY_INTERNAL);
    clients
        .headers()
        .maxSize()
        .ifPresent(kib -> manager.setMaxRequestHeadersKb(UInt32Value.of(kib)));
  }

  /**
   * There is no limit on how long a request may be in coming unless a policy sets one: Envoy's
   * documentation advises against it for streams; one that does not move ends with the stream's
   * idle timeout.
   */
  private static void timeouts(HttpConnectionManager.Builder manager, Settings clients) {
    Timeouts timeouts = clients.timeouts();
    manager
        .setStreamIdleTimeout(RouteActions.duration(timeouts.streamIdle().orElse(IDLE_STREAM)))
        .setRequestHeadersTimeout(RouteActions.duration(timeouts.requestHeaders().orElse(HEADERS)))
        .setCommonHttpProtocolOptions(common(clients));
    timeouts
        .request()
        .ifPresent(timeout -> manager.setRequestTimeout(RouteActions.duration(timeout)));
    // A client of HTTP/1 is told with a response rather than cut off between two requests.
    timeouts
        .maxConnectionDuration()
        .ifPresent(_ -> manager.setHttp1SafeMaxConnectionDuration(true));
  }

  private static HttpProtocolOptions common(Settings clients) {
    Timeouts timeouts = clients.timeouts();
    var common =
        HttpProtocolOptions.newBuilder()
            .setIdleTimeout(
                RouteActions.duration(timeouts.connectionIdle().orElse(IDLE_CONNECTION)))
            .setHeadersWithUnderscoresAction(
                switch (clients.headers().underscores().orElse(Underscores.REJECT_REQUEST)) {
                  case ALLOW -> HeadersWithUnderscoresAction.ALLOW;
                  case DROP_HEADER -> HeadersWithUnderscoresAction.DROP_HEADER;
                  case REJECT_REQUEST -> HeadersWithUnderscoresAction.REJECT_REQUEST;
                });
    clients
        .headers()
        .maxCount()
        .ifPresent(count -> common.setMaxHeadersCount(UInt32Value.of(count)));
    clients
        .connections()
        .maxRequests()
        .ifPresent(requests -> common.setMaxRequestsPerConnection(UInt32Value.of(requests)));
    timeouts
        .maxConnectionDuration()
        .filter(Duration::isPositive)
        .ifPresent(most -> common.setMaxConnectionDuration(RouteActions.duration(most)));
    return common.build();
  }

  private static void http1(
      HttpConnectionManager.Builder manager, ClientTrafficPolicy.Http1 http1) {
    var options = Http1ProtocolOptions.newBuilder();
    http1.trailers().ifPresent(options::setEnableTrailers);
    if (http1.preserveHeaderCase().orElse(false)) {
      options.setHeaderKeyFormat(HeaderCase.PRESERVED);
    }
    http1
        .http10()
        .ifPresent(
            http10 -> options.setAcceptHttp10(true).setDefaultHostForHttp10(http10.defaultHost()));
    if (!options.build().equals(Http1ProtocolOptions.getDefaultInstance())) {
      manager.setHttpProtocolOptions(options);
    }
  }

  private static void http2(
      HttpConnectionManager.Builder manager, ClientTrafficPolicy.Http2 http2) {
    manager.setHttp2ProtocolOptions(
        Http2ProtocolOptions.newBuilder()
            .setMaxConcurrentStreams(
                UInt32Value.of(http2.maxConcurrentStreams().orElse(MAX_STREAMS)))
            .setInitialStreamWindowSize(UInt32Value.of(http2.streamWindow().orElse(STREAM_WINDOW)))
            .setInitialConnectionWindowSize(
                UInt32Value.of(http2.connectionWindow().orElse(CONNECTION_WINDOW)))
            .setAllowConnect(true)); // WebSocket over HTTP/2 (RFC 8441)
  }

  private static void drain(HttpConnectionManager.Builder manager, Drain drain) {
    drain.timeout().ifPresent(time -> manager.setDrainTimeout(RouteActions.duration(time)));
    drain
        .delayedClose()
        .ifPresent(time -> manager.setDelayedCloseTimeout(RouteActions.duration(time)));
  }
}
