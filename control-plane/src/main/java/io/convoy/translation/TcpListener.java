package io.convoy.translation;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.Optional;

/** A listener that passes connections on as they are. */
final class TcpListener {
  private TcpListener() {}

  /**
   * @param maxConnections 0 for as many as come
   * @param tls absent where nobody has to prove anything
   */
  record Input(
      String name,
      String address,
      int port,
      String cluster,
      int maxConnections,
      Optional<InboundTls> tls) {}

  static Listener of(Input input) {
    var chain = FilterChain.newBuilder();
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
    var listener = GatewayListener.listener(input.name(), input.address(), input.port());
    GatewayListener.addChain(listener, chain.build(), input.tls());
    return listener.build();
  }
}
