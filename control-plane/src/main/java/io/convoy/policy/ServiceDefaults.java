package io.convoy.policy;

import com.google.common.collect.ImmutableSortedMap;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a service speaks and how it is reached: Consul's {@code service-defaults}.
 *
 * @param localConnectTimeout from a sidecar to its application
 * @param localRequestTimeout from a sidecar to its application; zero means none
 * @param maxInboundConnections 0 means no limit
 * @param mutualTls whom sidecars let in; absent, what {@link ProxyDefaults} say
 * @param upstreamDefaults how this service calls any other
 * @param upstreamOverrides how this service calls the one named, in place of the defaults
 */
public record ServiceDefaults(
    DocumentId id,
    Optional<Protocol> protocol,
    Optional<Duration> localConnectTimeout,
    Optional<Duration> localRequestTimeout,
    int maxInboundConnections,
    Optional<MutualTlsMode> mutualTls,
    Upstream upstreamDefaults,
    ImmutableSortedMap<String, Upstream> upstreamOverrides)
    implements Document {

  /** What a service speaks; one of which no document says it speaks HTTP. */
  public enum Protocol {
    HTTP,
    HTTP2,
    GRPC,
    TCP
  }

  /** Whom a sidecar lets in. */
  public enum MutualTlsMode {
    /** Who proves who it is. */
    STRICT,
    /** Everybody. */
    PERMISSIVE
  }

  /** How calls to an upstream are made. Absent fields are left to Envoy. */
  public record Upstream(
      Optional<Duration> connectTimeout,
      Limits limits,
      Optional<PassiveHealthCheck> passiveHealthCheck) {
    public static final Upstream NONE =
        new Upstream(Optional.empty(), Limits.NONE, Optional.empty());
  }

  /** Envoy's circuit breakers, in Consul's names. */
  public record Limits(
      OptionalInt maxConnections,
      OptionalInt maxPendingRequests,
      OptionalInt maxConcurrentRequests) {
    public static final Limits NONE =
        new Limits(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
  }

  /** Envoy's outlier detection, in Consul's names. */
  public record PassiveHealthCheck(
      Optional<Duration> interval,
      OptionalInt maxFailures,
      OptionalInt enforcingConsecutive5xx,
      OptionalInt maxEjectionPercent,
      Optional<Duration> baseEjectionTime) {}
}
