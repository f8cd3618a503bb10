package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who issues JSON Web Tokens, and how they are verified: Consul's {@code jwt-provider}.
 *
 * @param issuer what a token's {@code iss} must be; never empty
 * @param audiences a token must have one of them; empty for any
 * @param locations where tokens are looked for; empty for Envoy's default
 * @param forward whether a verified token stays in the request
 * @param forwarding how the payload reaches the service
 * @param clockSkewSeconds above 0
 * @param cacheSize how many verified tokens a worker remembers; 0 for none
 */
public record JwtProvider(
    DocumentId id,
    String issuer,
    ImmutableList<String> audiences,
    ImmutableList<Location> locations,
    boolean forward,
    Optional<Forwarding> forwarding,
    int clockSkewSeconds,
    Keys keys,
    int cacheSize)
    implements Document {

  /** A place of a request that holds a token. */
  public sealed interface Location {
    String name();

    /** {@code name}: in lower case; {@code prefix}: what stands before the token, or empty. */
    record Header(String name, String prefix) implements Location {}

    record Query(String name) implements Location {}

    record Cookie(String name) implements Location {}
  }

  /** {@code header}: in lower case; {@code padded}: with {@code =} at the end. */
  public record Forwarding(String header, boolean padded) {}

  /** Where the keys come from. */
  public sealed interface Keys {

    /** {@code json}: a key set that Envoy takes; it may hold secrets, so that it is not shown. */
    record Inline(String json) implements Keys {
      @Override
      public String toString() {
        return "Inline[...]";
      }
    }

    /** A file on every Envoy's disk. */
    record File(String path) implements Keys {}

    /**
     * A key server.
     *
     * @param uri an absolute http or https URL
     * @param host a name in lower case, or an address without brackets
     * @param cacheDuration empty for Envoy's default
     * @param retries empty for none
     * @param sni whether the host is named in the TLS handshake
     * @param authorities who vouches for the server; empty for those that Envoy's host trusts
     */
    record Remote(
        String uri,
        boolean tls,
        String host,
        int port,
        Duration requestTimeout,
        Optional<Duration> cacheDuration,
        boolean fetchAsynchronously,
        Optional<Retries> retries,
        boolean sni,
        Discovery discovery,
        Optional<Authorities> authorities,
        Duration connectTimeout)
        implements Keys {}
  }

  /** {@code attempts}: further ones; the pauses are Envoy's where they are empty. */
  public record Retries(
      OptionalInt attempts, Optional<Duration> baseInterval, Optional<Duration> maxInterval) {}

  /** How the key server's addresses are found: Envoy's cluster types of these names. */
  public enum Discovery {
    STATIC,
    STRICT_DNS,
    LOGICAL_DNS
  }

  /** PEM certificates of authorities. */
  public sealed interface Authorities {
    /** A file on every Envoy's disk. */
    record File(String path) implements Authorities {}

    /** A variable in every Envoy's environment. */
    record Variable(String name) implements Authorities {}

    record Inline(String pem) implements Authorities {}
  }
}
