package io.convoy.registry.consul;

import com.google.common.collect.ImmutableList;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the Consul agent is reached.
 *
 * @param addresses agents of one datacenter, {@code http://host:port} or {@code https://host:port};
 *     the next is tried when one cannot be reached; never empty
 * @param datacenter empty for the agent's own
 * @param waitTime how long a blocking query stays open when nothing changes; Consul takes up to 10
 *     minutes and adds up to a sixteenth
 * @param hangTimeout what is granted beyond {@code waitTime} and its sixteenth before a query that
 *     has not been answered is given up
 * @param kvPrefix the folder of the documents in KV, with its final slash
 * @param maxConnections the most connections to the agent at any time; at least {@link
 *     #MIN_CONNECTIONS}
 */
public record ConsulSettings(
    ImmutableList<URI> addresses,
    Optional<Token> token,
    Tls tls,
    Consistency consistency,
    String datacenter,
    Duration waitTime,
    Duration hangTimeout,
    String kvPrefix,
    int maxConnections) {

  /** One for each blocking query, and those to read with. */
  public static final int MIN_CONNECTIONS =
      ServiceWatch.BLOCKING_QUERIES
          + KvWatch.BLOCKING_QUERIES
          + ConfigEntryWatch.KINDS.size()
          + RootsWatch.BLOCKING_QUERIES
          + LeafReader.CONNECTIONS
          + 1;

  /** An agent, with everything else as it is by default. */
  public static ConsulSettings of(URI address) {
    return new ConsulSettings(
        ImmutableList.of(address),
        Optional.empty(),
        Tls.NONE,
        Consistency.DEFAULT,
        "",
        Duration.ofSeconds(30),
        Duration.ofSeconds(5),
        "convoy/",
        24);
  }

  public ConsulSettings {
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("consul: no address given, expected http://HOST:PORT");
    }
    addresses.forEach(ConsulSettings::checkAddress);
    if (!kvPrefix.endsWith("/") || kvPrefix.startsWith("/")) {
      throw new IllegalArgumentException(
          "consul: KV prefix is '%s', expected a folder such as 'convoy/': no slash before it, one after"
              .formatted(kvPrefix));
    }
    if (waitTime.compareTo(Duration.ofSeconds(1)) < 0
        || waitTime.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException(
          "consul: wait time is %s, expected 1s to 10m".formatted(waitTime));
    }
    if (maxConnections < MIN_CONNECTIONS) {
      throw new IllegalArgumentException(
          "consul: at most %d connections allowed, expected at least %d"
              .formatted(maxConnections, MIN_CONNECTIONS));
    }
  }

  private static void checkAddress(URI address) {
    boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
    if (!http || address.getHost() == null) {
      throw new IllegalArgumentException(
          "consul: address is '%s', expected http://HOST:PORT or https://HOST:PORT"
              .formatted(address));
    }
    if (address.getUserInfo() != null) {
      throw new IllegalArgumentException("consul: the address holds a password; use a token");
    }
  }

  /** Which servers may answer: Consul's consistency modes. */
  public enum Consistency {
    /** The leader, without asking the others whether it still is. */
    DEFAULT,
    /** Any server, also one that lags. */
    STALE,
    /** The leader, confirmed by the others. */
    CONSISTENT
  }

  /**
   * Certificates in PEM files, read once.
   *
   * @param ca trusts only what it signed; absent, the JDK's authorities
   * @param certificate the client's certificate chain; comes with {@code key}
   * @param key PKCS #8, PKCS #1 or SEC 1, not encrypted
   */
  public record Tls(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) {
    public static final Tls NONE = new Tls(Optional.empty(), Optional.empty(), Optional.empty());

    public Tls {
      if (certificate.isPresent() != key.isPresent()) {
        throw new IllegalArgumentException(
            "consul: a client certificate and its key must be given together");
      }
    }
  }

  /** An ACL token. Neither its value nor its length is ever printed. */
  public sealed interface Token {

    /** The token itself. */
    record Value(String secret) implements Token {
      @Override
      public String toString() {
        return "Value[hidden]";
      }
    }

    /** A file that holds it; read again when the file changes. */
    record File(Path path) implements Token {}
  }
}
