package io.convoy.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What holds for every service whose {@link ServiceDefaults} do not say otherwise: Consul's {@code
 * proxy-defaults}. There is one at most; its name is {@code global}.
 *
 * @param localConnectTimeout from a sidecar to its application
 * @param localRequestTimeout from a sidecar to its application; zero means none
 * @param maxInboundConnections absent: no limit
 * @param mutualTls whom sidecars let in
 */
public record ProxyDefaults(
    DocumentId id,
    Optional<ServiceDefaults.Protocol> protocol,
    Optional<Duration> localConnectTimeout,
    Optional<Duration> localRequestTimeout,
    OptionalInt maxInboundConnections,
    Optional<ServiceDefaults.MutualTlsMode> mutualTls)
    implements Document {
  public static final DocumentId ID = new DocumentId("proxy-defaults", "global");
}
