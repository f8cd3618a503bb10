package io.convoy.policy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.config.v1.ServiceDefaultsProto;
import io.convoy.config.v1.ServiceDefaultsProto.UpstreamConfig;
import io.convoy.config.v1.ServiceDefaultsProto.UpstreamConfiguration;
import io.convoy.config.v1.ServiceDefaultsProto.UpstreamLimits;
import io.convoy.policy.RawDocument.Source;
import io.convoy.policy.ServiceDefaults.Limits;
import io.convoy.policy.ServiceDefaults.MutualTlsMode;
import io.convoy.policy.ServiceDefaults.PassiveHealthCheck;
import io.convoy.policy.ServiceDefaults.Protocol;
import io.convoy.policy.ServiceDefaults.Upstream;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;

/** {@code service-defaults}. */
final class ServiceDefaultsConverter {
  private static final ImmutableMap<String, Protocol> PROTOCOLS =
      ImmutableMap.of(
          "http", Protocol.HTTP,
          "http2", Protocol.HTTP2,
          "grpc", Protocol.GRPC,
          "tcp", Protocol.TCP);

  private static final ImmutableMap<String, MutualTlsMode> MUTUAL_TLS =
      ImmutableMap.of("strict", MutualTlsMode.STRICT, "permissive", MutualTlsMode.PERMISSIVE);

  private ServiceDefaultsConverter() {}

  static Document convert(DocumentId id, ServiceDefaultsProto.ServiceDefaults message, At at) {
    UpstreamConfiguration upstreams = message.getUpstreamConfig();
    At upstreamsAt = at.field("UpstreamConfig");
    At defaultsAt = upstreamsAt.field("Defaults");
    defaultsAt
        .field("Name")
        .require(
            upstreams.getDefaults().getName().isEmpty(),
            Value.quoted(upstreams.getDefaults().getName()),
            "expected no name: the defaults are for every service");
    return new ServiceDefaults(
        id,
        protocol(at.field("Protocol"), message.getProtocol()),
        millis(message.getLocalConnectTimeoutMs()),
        requestTimeout(at, message.hasLocalRequestTimeoutMs(), message.getLocalRequestTimeoutMs()),
        message.getMaxInboundConnections(),
        mutualTls(at.field("MutualTLSMode"), message.getMutualTlsMode()),
        upstream(upstreams.getDefaults(), defaultsAt),
        overrides(upstreams, upstreamsAt.field("Overrides")));
  }

  static Optional<Protocol> protocol(At at, String protocol) {
    return protocol.isEmpty()
        ? Optional.empty()
        : Optional.of(at.oneOfAnyCase(PROTOCOLS, protocol));
  }

  static Optional<MutualTlsMode> mutualTls(At at, String mode) {
    return mode.isEmpty() ? Optional.empty() : Optional.of(at.oneOf(MUTUAL_TLS, mode));
  }

  /** Consul does not tell 0 from a field that is left out. */
  static Optional<Duration> requestTimeout(At at, boolean given, int millis) {
    boolean fromConsul = at.reading().raw().source() == Source.CONFIG_ENTRY;
    return given && !(fromConsul && millis == 0)
        ? Optional.of(Duration.ofMillis(millis))
        : Optional.empty();
  }

  private static ImmutableSortedMap<String, Upstream> overrides(
      UpstreamConfiguration upstreams, At at) {
    var overrides = new TreeMap<String, Upstream>();
    for (int i = 0; i < upstreams.getOverridesCount(); i++) {
      UpstreamConfig override = upstreams.getOverrides(i);
      At here = at.index(i);
      String name = here.field("Name").name(override.getName());
      here.field("Name")
          .require(
              overrides.put(name, upstream(override, here)) == null,
              Value.quoted(name),
              "expected every service once");
    }
    return ImmutableSortedMap.copyOfSorted(overrides);
  }

  private static Upstream upstream(UpstreamConfig upstream, At at) {
    return new Upstream(
        millis(upstream.getConnectTimeoutMs()),
        limits(upstream.getLimits()),
        upstream.hasPassiveHealthCheck()
            ? Optional.of(passive(upstream.getPassiveHealthCheck(), at.field("PassiveHealthCheck")))
            : Optional.empty());
  }

  private static Limits limits(UpstreamLimits limits) {
    return new Limits(
        Optionals.given(limits.hasMaxConnections(), limits.getMaxConnections()),
        Optionals.given(limits.hasMaxPendingRequests(), limits.getMaxPendingRequests()),
        Optionals.given(limits.hasMaxConcurrentRequests(), limits.getMaxConcurrentRequests()));
  }

  private static PassiveHealthCheck passive(ServiceDefaultsProto.PassiveHealthCheck check, At at) {
    at.field("EnforcingConsecutive5xx").range(check.getEnforcingConsecutive5Xx(), 0, 100);
    at.field("MaxEjectionPercent").range(check.getMaxEjectionPercent(), 0, 100);
    return new PassiveHealthCheck(
        at.field("Interval").positive(check.hasInterval(), check.getInterval()),
        Optionals.aboveZero(check.getMaxFailures()),
        Optionals.given(check.hasEnforcingConsecutive5Xx(), check.getEnforcingConsecutive5Xx()),
        Optionals.given(check.hasMaxEjectionPercent(), check.getMaxEjectionPercent()),
        at.field("BaseEjectionTime")
            .positive(check.hasBaseEjectionTime(), check.getBaseEjectionTime()));
  }

  static Optional<Duration> millis(int millis) {
    return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
  }
}
