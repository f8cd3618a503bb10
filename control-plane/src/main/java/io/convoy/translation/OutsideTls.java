package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.convoy.policy.DocumentId;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.TerminatingGateway;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** TLS to services outside the mesh. A name in the certificate is always verified. */
final class OutsideTls {
  /** The start of the names of secrets that hold paths, and nothing secret. */
  static final String PREFIX = "tls/";

  private static final String SERVICE = "outside";
  private static final String NAME = "name";

  private OutsideTls() {}

  /**
   * Says of an endpoint that it is to be spoken to as an instance of the service.
   *
   * @param address as it is registered
   */
  static Metadata endpoint(String service, String address) {
    return Metadata.newBuilder()
        .putFilterMetadata(
            MutualTls.MATCH, match(service).putFields(NAME, value(name(address))).build())
        .build();
  }

  /**
   * One with SNI, else one for each host name. Names come and go with the endpoints that have them:
   * those are a part of the cluster, so that none is ever met that no socket is for.
   */
  static ImmutableList<Cluster.TransportSocketMatch> client(
      String service,
      TerminatingGateway.Tls tls,
      ServiceDefaults.Protocol protocol,
      Optional<ClusterLoadAssignment> dns) {
    if (tls.sni().isPresent()) {
      return ImmutableList.of(
          client(service, tls, tls.sni().get(), protocol, match(service).build()));
    }
    return dns.map(endpoints -> names(service, endpoints)).orElse(ImmutableSortedSet.of()).stream()
        .map(name ->
            client(
                service, tls, name, protocol, match(service).putFields(NAME, value(name)).build()))
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableSortedSet<String> names(String service, ClusterLoadAssignment endpoints) {
    return endpoints.getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .map(endpoint ->
            endpoint
                .getMetadata()
                .getFilterMetadataOrDefault(MutualTls.MATCH, Struct.getDefaultInstance()))
        .filter(match ->
            match
                .getFieldsOrDefault(SERVICE, Value.getDefaultInstance())
                .getStringValue()
                .equals(service))
        .map(match -> match.getFieldsOrThrow(NAME).getStringValue())
        .collect(ImmutableSortedSet.toImmutableSortedSet(Comparator.naturalOrder()));
  }

  private static Cluster.TransportSocketMatch client(
      String service,
      TerminatingGateway.Tls tls,
      String name,
      ServiceDefaults.Protocol protocol,
      Struct match) {
    var common =
        CommonTlsContext.newBuilder()
            .setCombinedValidationContext(
                CombinedCertificateValidationContext.newBuilder()
                    .setDefaultValidationContext(
                        CertificateValidationContext.newBuilder()
                            .addMatchTypedSubjectAltNames(
                                SubjectAltNameMatcher.newBuilder()
                                    .setSanType(SanType.DNS)
                                    .setMatcher(StringMatcher.newBuilder().setExact(name))))
                    .setValidationContextSdsSecretConfig(MutualTls.secret(authorities(service))))
            .addAllAlpnProtocols(MutualTls.alpn(protocol));
    if (tls.own().isPresent()) {
      common.addTlsCertificateSdsSecretConfigs(MutualTls.secret(certificate(service)));
    }
    return Cluster.TransportSocketMatch.newBuilder()
        .setName(PREFIX + service + "/" + name)
        .setMatch(match)
        .setTransportSocket(
            TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.tls")
                .setTypedConfig(
                    Any.pack(
                        UpstreamTlsContext.newBuilder()
                            .setSni(name)
                            .setCommonTlsContext(common)
                            .build())))
        .build();
  }

  /**
   * What the secrets of a service are made of. {@code trustRoots}: a file on every Envoy's disk.
   */
  record Files(String service, TerminatingGateway.Tls tls, DocumentId document, String trustRoots) {

    /**
     * Delivered as secrets, the files are watched: Envoy reads them again when they are replaced.
     */
    ImmutableList<Resource> resources() {
      var secrets = ImmutableList.<Resource>builder();
      secrets.add(
          resource(
              Secret.newBuilder()
                  .setName(authorities(service))
                  .setValidationContext(
                      CertificateValidationContext.newBuilder()
                          .setTrustedCa(file(tls.authorities().orElse(trustRoots))))
                  .build()));
      tls.own()
          .ifPresent(own ->
              secrets.add(
                  resource(
                      Secret.newBuilder()
                          .setName(certificate(service))
                          .setTlsCertificate(
                              TlsCertificate.newBuilder()
                                  .setCertificateChain(file(own.certificate()))
                                  .setPrivateKey(file(own.key())))
                          .build())));
      return secrets.build();
    }

    private Resource resource(Secret secret) {
      return Resource.of(
          new ResourceKey(ResourceType.SECRETS, secret.getName()),
          secret,
          ImmutableSet.of(document),
          ImmutableSet.of());
    }

    private static DataSource file(String path) {
      return DataSource.newBuilder().setFilename(path).build();
    }
  }

  private static String authorities(String service) {
    return PREFIX + service + "/authorities";
  }

  private static String certificate(String service) {
    return PREFIX + service + "/certificate";
  }

  /** A host name as certificates have it. */
  static String name(String address) {
    return address.toLowerCase(Locale.ROOT);
  }

  private static Struct.Builder match(String service) {
    return Struct.newBuilder().putFields(SERVICE, value(service));
  }

  private static Value value(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
