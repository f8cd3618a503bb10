package io.convoy.xds;

import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import java.time.Duration;
import java.util.Optional;

/**
 * How the xDS server listens, and its limits. Immutable.
 *
 * @param bind the address or host name to listen on
 * @param port 0 to 65535; 0 takes a free one
 * @param credentials plain text or TLS
 * @param keepaliveTime the server pings a connection that was silent for so long
 * @param keepaliveTimeout and ends it when the answer takes longer than this
 * @param permitKeepalive clients may ping as often as this, also without a stream
 * @param maxStreams streams open at once; further ones are refused
 * @param newStreamsPerSecond streams opened in a second, at least 1; further ones are refused
 * @param maxMessageBytes the largest request that is read
 * @param orderLimit how long a resource waits for the acknowledgment of another before it goes
 *     anyway
 * @param drainTime how long an Envoy goes on using a listener that was changed or removed: its
 *     {@code --drain-time-s}
 * @param rejectionThreshold how many Envoys of a group must refuse a resource before the {@link
 *     RejectionListener} is told; when fewer are connected, all of them
 * @param shutdownGrace how long {@link XdsServer#close} waits for clients to go
 * @param threads that handle requests and publishes, at least 1
 * @param certificates whose snapshot a client may have, by its certificate, which {@code
 *     credentials} must ask for; empty: whatever its node says
 */
public record XdsSettings(
    String bind,
    int port,
    ServerCredentials credentials,
    Duration keepaliveTime,
    Duration keepaliveTimeout,
    Duration permitKeepalive,
    int maxStreams,
    int newStreamsPerSecond,
    int maxMessageBytes,
    Duration orderLimit,
    Duration drainTime,
    int rejectionThreshold,
    Duration shutdownGrace,
    int threads,
    Optional<ClientCertificates> certificates) {

  /** As the record's own, for clients of whom no certificate is asked. */
  public XdsSettings(
      String bind,
      int port,
      ServerCredentials credentials,
      Duration keepaliveTime,
      Duration keepaliveTimeout,
      Duration permitKeepalive,
      int maxStreams,
      int newStreamsPerSecond,
      int maxMessageBytes,
      Duration orderLimit,
      Duration drainTime,
      int rejectionThreshold,
      Duration shutdownGrace,
      int threads) {
    this(
        bind,
        port,
        credentials,
        keepaliveTime,
        keepaliveTimeout,
        permitKeepalive,
        maxStreams,
        newStreamsPerSecond,
        maxMessageBytes,
        orderLimit,
        drainTime,
        rejectionThreshold,
        shutdownGrace,
        threads,
        Optional.empty());
  }

  /** Plain text on the address given; everything else at its default. */
  public static XdsSettings plain(String bind, int port) {
    return of(bind, port, InsecureServerCredentials.create());
  }

  /** On the address given, with these credentials; everything else at its default. */
  public static XdsSettings of(String bind, int port, ServerCredentials credentials) {
    return new XdsSettings(
        bind,
        port,
        credentials,
        Duration.ofSeconds(30),
        Duration.ofSeconds(20),
        Duration.ofSeconds(5),
        10_000,
        1_000,
        16 * 1024 * 1024,
        Duration.ofSeconds(5),
        Duration.ofMinutes(10),
        2,
        Duration.ofSeconds(5),
        Math.max(2, Runtime.getRuntime().availableProcessors()));
  }

  /** The same, where each client has what its certificate is for. */
  public XdsSettings with(ClientCertificates rules) {
    return new XdsSettings(
        bind,
        port,
        credentials,
        keepaliveTime,
        keepaliveTimeout,
        permitKeepalive,
        maxStreams,
        newStreamsPerSecond,
        maxMessageBytes,
        orderLimit,
        drainTime,
        rejectionThreshold,
        shutdownGrace,
        threads,
        Optional.of(rules));
  }
}
