package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.ClientTrafficPolicy.ClientIpDetection;
import io.convoy.policy.DocumentId;
import io.convoy.translation.http.HttpFilters;
import io.convoy.translation.http.Lanes;
import io.convoy.translation.http.LocalReplies;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.UpgradeConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.time.Duration;

/**
 * A gateway's listener for one port. It holds nothing that moves: a change of it would drain every
 * connection. Limits and path handling follow "Configuring Envoy as an edge proxy" in Envoy's
 * documentation.
 */
final class GatewayListener {
  private static final int BUFFER_LIMIT = 32 * 1024;
  private static final int MAX_STREAMS = 100;
  private static final int STREAM_WINDOW = 64 * 1024;
  private static final int CONNECTION_WINDOW = 1024 * 1024;
  private static final Duration IDLE_CONNECTION = Duration.ofHours(1);
  private static final Duration IDLE_STREAM = Duration.ofMinutes(5);
  private static final Duration HEADERS = Duration.ofSeconds(10);

  private GatewayListener() {}

  /**
   * What a listener is made of.
   *
   * @param name of the listener, its route configuration and its statistics
   * @param documents that said so
   */
  record Input(
      String name,
      int port,
      ClientIpDetection clientIp,
      Lanes lanes,
      ImmutableSet<DocumentId> documents) {}

  static Listener of(Input input) {
    var address = SocketAddress.newBuilder().setAddress("0.0.0.0").setPortValue(input.port());
    var filter =
        Filter.newBuilder()
            .setName("envoy.filters.network.http_connection_manager")
            .setTypedConfig(Any.pack(connectionManager(input)));
    return Listener.newBuilder()
        .setName(input.name())
        .setAddress(Address.newBuilder().setSocketAddress(address))
        .setPerConnectionBufferLimitBytes(UInt32Value.of(BUFFER_LIMIT))
        .addFilterChains(FilterChain.newBuilder().addFilters(filter))
        .build();
  }

  private static HttpConnectionManager connectionManager(Input input) {
    var manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(input.name())
            .setCodecType(HttpConnectionManager.CodecType.AUTO)
            .setRds(Rds.newBuilder().setConfigSource(Ads.SOURCE).setRouteConfigName(input.name()))
            .addAllHttpFilters(HttpFilters.gateway(input.lanes(), Ads.SOURCE))
            .setLocalReplyConfig(LocalReplies.CONFIG)
            .addAccessLog(AccessLogs.STDOUT)
            .addUpgradeConfigs(UpgradeConfig.newBuilder().setUpgradeType("websocket"));
    paths(manager);
    headers(manager);
    limits(manager);
    ClientAddress.apply(manager, input.clientIp());
    return manager.build();
  }

  /** Gateway and services must not read one path in two ways. */
  private static void paths(HttpConnectionManager.Builder manager) {
    manager
        .setNormalizePath(BoolValue.of(true))
        .setMergeSlashes(true)
        .setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT);
  }

  private static void headers(HttpConnectionManager.Builder manager) {
    manager
        // The services' own, if they have one: it is not the gateway's to say.
        .setServerHeaderTransformation(ServerHeaderTransformation.PASS_THROUGH)
        .setAppendXForwardedPort(true)
        .setGenerateRequestId(BoolValue.of(true))
        .setAlwaysSetRequestIdInResponse(true)
        // No address is internal: x-envoy-* headers of clients count nowhere.
        .setInternalAddressConfig(HttpConnectionManager.InternalAddressConfig.getDefaultInstance());
  }

  /**
   * There is no limit on how long a request may be in coming, which Envoy's documentation advises
   * against for streams; one that does not move ends with the stream's idle timeout.
   */
  private static void limits(HttpConnectionManager.Builder manager) {
    manager
        .setStreamIdleTimeout(RouteActions.duration(IDLE_STREAM))
        .setRequestHeadersTimeout(RouteActions.duration(HEADERS))
        .setCommonHttpProtocolOptions(
            HttpProtocolOptions.newBuilder()
                .setIdleTimeout(RouteActions.duration(IDLE_CONNECTION))
                .setHeadersWithUnderscoresAction(
                    HttpProtocolOptions.HeadersWithUnderscoresAction.REJECT_REQUEST))
        .setHttp2ProtocolOptions(
            Http2ProtocolOptions.newBuilder()
                .setMaxConcurrentStreams(UInt32Value.of(MAX_STREAMS))
                .setInitialStreamWindowSize(UInt32Value.of(STREAM_WINDOW))
                .setInitialConnectionWindowSize(UInt32Value.of(CONNECTION_WINDOW))
                .setAllowConnect(true)); // WebSocket over HTTP/2 (RFC 8441)
  }
}
