package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import com.google.common.net.InetAddresses;
import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.DocumentId;
import io.convoy.policy.JwtProvider.Authorities;
import io.convoy.policy.JwtProvider.Discovery;
import io.convoy.policy.JwtProvider.Keys.Remote;
import io.convoy.translation.http.KeyServers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.clusters.common.dns.v3.DnsLookupFamily;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;

/** The cluster of a provider's key server. */
final class KeyServerCluster {
  private static final int BUFFER_LIMIT = 1024 * 1024;

  private KeyServerCluster() {}

  /** What a cluster is made of. {@code trustRoots}: a file on every Envoy's disk. */
  record Input(DocumentId provider, Remote server, String trustRoots) {
    String name() {
      return KeyServers.cluster(provider.name());
    }

    Resource resource() {
      return References.resource(
          ResourceType.CLUSTERS, name(), KeyServerCluster.of(this), ImmutableSet.of(provider));
    }
  }

  static Cluster of(Input input) {
    Remote server = input.server();
    var cluster =
        Cluster.newBuilder()
            .setName(input.name())
            .setConnectTimeout(RouteActions.duration(server.connectTimeout()))
            .setPerConnectionBufferLimitBytes(UInt32Value.of(BUFFER_LIMIT))
            .setLoadAssignment(endpoints(input.name(), server));
    if (InetAddresses.isInetAddress(server.host())) {
      cluster.setType(Cluster.DiscoveryType.STATIC);
    } else {
      cluster.setClusterType(dns(server.discovery() == Discovery.LOGICAL_DNS));
    }
    if (server.tls()) {
      cluster.setTransportSocket(
          TransportSocket.newBuilder()
              .setName("envoy.transport_sockets.tls")
              .setTypedConfig(Any.pack(tls(server, input.trustRoots()))));
    }
    return cluster.build();
  }

  private static ClusterLoadAssignment endpoints(String name, Remote server) {
    var address = SocketAddress.newBuilder().setAddress(server.host()).setPortValue(server.port());
    var endpoint = Endpoint.newBuilder().setAddress(Address.newBuilder().setSocketAddress(address));
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(name)
        .addEndpoints(
            LocalityLbEndpoints.newBuilder()
                .addLbEndpoints(LbEndpoint.newBuilder().setEndpoint(endpoint)))
        .build();
  }

  private static Cluster.CustomClusterType dns(boolean logical) {
    return Cluster.CustomClusterType.newBuilder()
        .setName("envoy.clusters.dns")
        .setTypedConfig(
            Any.pack(
                DnsCluster.newBuilder()
                    .setRespectDnsTtl(true)
                    .setDnsLookupFamily(DnsLookupFamily.V4_PREFERRED)
                    .setAllAddressesInSingleEndpoint(logical)
                    .build()))
        .build();
  }

  /** Envoy looks at no name in a certificate unless it is told which. */
  private static UpstreamTlsContext tls(Remote server, String trustRoots) {
    boolean address = InetAddresses.isInetAddress(server.host());
    var name =
        SubjectAltNameMatcher.newBuilder()
            .setSanType(address ? SanType.IP_ADDRESS : SanType.DNS)
            .setMatcher(StringMatcher.newBuilder().setExact(server.host()));
    DataSource authorities =
        server
            .authorities()
            .map(KeyServerCluster::source)
            .orElseGet(() -> DataSource.newBuilder().setFilename(trustRoots).build());
    var validation =
        CertificateValidationContext.newBuilder()
            .setTrustedCa(authorities)
            .addMatchTypedSubjectAltNames(name);
    var context =
        UpstreamTlsContext.newBuilder()
            .setCommonTlsContext(CommonTlsContext.newBuilder().setValidationContext(validation));
    if (server.sni()) {
      context.setSni(server.host());
    }
    return context.build();
  }

  private static DataSource source(Authorities authorities) {
    var source = DataSource.newBuilder();
    switch (authorities) {
      case Authorities.File file -> source.setFilename(file.path());
      case Authorities.Variable variable -> source.setEnvironmentVariable(variable.name());
      case Authorities.Inline inline -> source.setInlineString(inline.pem());
    }
    return source.build();
  }
}
