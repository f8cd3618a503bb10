package io.convoy.translation;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.convoy.catalog.Mesh;
import io.convoy.policy.ServiceDefaults;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;

/**
 * How members of the mesh prove to each other who they are: both show the certificate of their
 * service, by {@link MeshSecrets}.
 */
final class MutualTls {
  /** What Envoy compares with the {@code match} of a cluster's transport sockets. */
  static final String MATCH = "envoy.transport_socket_match";

  private static final String SERVICE = "service";

  private MutualTls() {}

  /** Of whoever takes connections: any member of the mesh may come; who it is, intentions judge. */
  static TransportSocket server(Mesh.Authority authority, ServiceDefaults.Protocol protocol) {
    var context =
        DownstreamTlsContext.newBuilder()
            .setCommonTlsContext(
                common(
                    StringMatcher.newBuilder().setPrefix(authority.prefix()).build(),
                    switch (protocol) {
                      case HTTP, HTTP2, GRPC -> List.of("h2", "http/1.1");
                      case TCP -> List.of();
                    }))
            .setRequireClientCertificate(BoolValue.of(true))
            // A session that is resumed shows no certificate: a rotated root would not count.
            .setDisableStatelessSessionResumption(true)
            .setDisableStatefulSessionResumption(true);
    return socket(Any.pack(context.build()));
  }

  /** To the instances of a service that have a sidecar: nobody else may answer in its place. */
  static Cluster.TransportSocketMatch client(
      Mesh.Authority authority, String service, ServiceDefaults.Protocol protocol) {
    var context =
        UpstreamTlsContext.newBuilder()
            .setCommonTlsContext(
                common(
                    StringMatcher.newBuilder().setExact(authority.spiffeId(service)).build(),
                    alpn(protocol)));
    return Cluster.TransportSocketMatch.newBuilder()
        .setName(service)
        .setMatch(match(service))
        .setTransportSocket(socket(Any.pack(context.build())))
        .build();
  }

  /** What a client speaks. */
  static List<String> alpn(ServiceDefaults.Protocol protocol) {
    return switch (protocol) {
      case HTTP -> List.of("http/1.1");
      case HTTP2, GRPC -> List.of("h2");
      case TCP -> List.of();
    };
  }

  /** Says of an endpoint that it is to be spoken to as an instance of the service. */
  static Metadata endpoint(String service) {
    return Metadata.newBuilder().putFilterMetadata(MATCH, match(service)).build();
  }

  private static Struct match(String service) {
    return Struct.newBuilder()
        .putFields(SERVICE, Value.newBuilder().setStringValue(service).build())
        .build();
  }

  private static CommonTlsContext common(StringMatcher peer, List<String> alpn) {
    var name = SubjectAltNameMatcher.newBuilder().setSanType(SanType.URI).setMatcher(peer);
    return CommonTlsContext.newBuilder()
        .addTlsCertificateSdsSecretConfigs(secret(MeshSecrets.LEAF))
        .setCombinedValidationContext(
            CombinedCertificateValidationContext.newBuilder()
                .setDefaultValidationContext(
                    CertificateValidationContext.newBuilder().addMatchTypedSubjectAltNames(name))
                .setValidationContextSdsSecretConfig(secret(MeshSecrets.ROOTS)))
        .addAllAlpnProtocols(alpn)
        .build();
  }

  static SdsSecretConfig secret(String name) {
    return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(Ads.SOURCE).build();
  }

  private static TransportSocket socket(Any context) {
    return TransportSocket.newBuilder()
        .setName("envoy.transport_sockets.tls")
        .setTypedConfig(context)
        .build();
  }
}
