package io.convoy.translation;

import com.google.protobuf.Any;
import io.convoy.translation.http.IntentionFilters;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.Optional;

/** A listener that passes connections on as they are. */
final class TcpListener {
  private TcpListener() {}

  /**
   * What a listener is made of.
   *
   * @param maxConnections 0 for as many as come
   * @param called the service that it takes calls in for: its intentions say whose
   * @param tls absent where nobody has to prove anything
   */
  record Input(
      String name,
      String address,
      int port,
      String cluster,
      int maxConnections,
      Optional<String> called,
      Optional<InboundTls> tls) {}

  static Listener of(Input input) {
    var listener = GatewayListener.listener(input.name(), input.address(), input.port());
    GatewayListener.addChains(
        listener, chain(input, input.called()), chain(input, Optional.empty()), input.tls());
    return listener.build();
  }

  private static FilterChain chain(Input input, Optional<String> called) {
    var chain = FilterChain.newBuilder();
    called.ifPresent(
        service -> chain.addFilters(IntentionFilters.ofConnections(service, Ads.SOURCE)));
    if (input.maxConnections() > 0) {
      chain.addFilters(
          GatewayListener.connectionLimit(input.name(), input.maxConnections(), Optional.empty()));
    }
    chain.addFilters(
        Filter.newBuilder()
            .setName("envoy.filters.network.tcp_proxy")
            .setTypedConfig(
                Any.pack(
                    TcpProxy.newBuilder()
                        .setStatPrefix(input.name())
                        .setCluster(input.cluster())
                        .addAccessLog(AccessLogs.STDOUT)
                        .build())));
    return chain.build();
  }
}
