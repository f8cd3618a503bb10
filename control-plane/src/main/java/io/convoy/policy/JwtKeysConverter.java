package io.convoy.policy;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import io.convoy.config.v1.JwtProviderProto.JsonWebKeySet;
import io.convoy.config.v1.JwtProviderProto.JwksCluster;
import io.convoy.config.v1.JwtProviderProto.JwksRetryPolicy;
import io.convoy.config.v1.JwtProviderProto.JwksTrustedCa;
import io.convoy.config.v1.JwtProviderProto.LocalJwks;
import io.convoy.config.v1.JwtProviderProto.RemoteJwks;
import io.convoy.policy.JwtProvider.Authorities;
import io.convoy.policy.JwtProvider.Discovery;
import io.convoy.policy.JwtProvider.Keys;
import io.convoy.policy.JwtProvider.Retries;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code JSONWebKeySet} of a {@code jwt-provider}. */
final class JwtKeysConverter {
  private static final int MAX_ATTEMPTS = 100;
  private static final int MAX_TIMEOUT_MS = 600_000;
  private static final int MAX_PATH = 4096;
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5); // Consul's default
  private static final Duration LEAST_CACHE = Duration.ofSeconds(1);
  private static final Duration MOST_CACHE = Duration.ofDays(365);

  private static final Map<String, Discovery> DISCOVERY =
      new TreeMap<>(
          Map.of(
              "STATIC", Discovery.STATIC,
              "STRICT_DNS", Discovery.STRICT_DNS,
              "LOGICAL_DNS", Discovery.LOGICAL_DNS));

  private JwtKeysConverter() {}

  static Keys convert(JsonWebKeySet keys, At at) {
    at.require(
        keys.hasLocal() != keys.hasRemote(),
        keys.hasLocal() ? "both Local and Remote" : "nothing",
        "expected one of Local, Remote");
    return keys.hasLocal()
        ? local(keys.getLocal(), at.field("Local"))
        : remote(keys.getRemote(), at.field("Remote"));
  }

  private static Keys local(LocalJwks local, At at) {
    boolean inline = !local.getJwks().isEmpty();
    at.require(
        inline == local.getFilename().isEmpty(),
        inline ? "both JWKS and Filename" : "nothing",
        "expected one of JWKS, Filename");
    return inline
        ? new Keys.Inline(JsonWebKeys.checked(local.getJwks(), at.field("JWKS")))
        : new Keys.File(path(local.getFilename(), at.field("Filename")));
  }

  private static String path(String path, At at) {
    at.require(
        path.startsWith("/") && path.length() <= MAX_PATH && path.indexOf('\0') < 0,
        Value.quoted(path),
        "expected the absolute path of a file");
    return path;
  }

  private static Keys remote(RemoteJwks remote, At at) {
    At uriAt = at.field("URI");
    URI uri = uri(remote.getUri(), uriAt);
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    String host = host(uri, uriAt);
    int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uriAt.range(uri.getPort(), 1, 65_535);
    boolean address = InetAddresses.isInetAddress(host);
    JwksCluster cluster = remote.getJwksCluster();
    At clusterAt = at.field("JWKSCluster");
    at.field("UseSNI")
        .require(
            !(remote.hasUseSni() && remote.getUseSni()) || (tls && !address),
            "true",
            "expected it with an https URL that holds a name only");
    int timeout = remote.getRequestTimeoutMs();
    return new Keys.Remote(
        remote.getUri(),
        tls,
        host,
        port,
        timeout == 0
            ? TIMEOUT
            : Duration.ofMillis(at.field("RequestTimeoutMs").range(timeout, 1, MAX_TIMEOUT_MS)),
        cacheDuration(remote, at.field("CacheDuration")),
        remote.getFetchAsynchronously(),
        remote.hasRetryPolicy()
            ? Optional.of(retries(remote.getRetryPolicy(), at.field("RetryPolicy")))
            : Optional.empty(),
        tls && !address && (!remote.hasUseSni() || remote.getUseSni()),
        discovery(cluster, clusterAt.field("DiscoveryType"), address),
        authorities(cluster, tls, clusterAt.field("TLSCertificates")),
        clusterAt
            .field("ConnectTimeout")
            .positive(cluster.hasConnectTimeout(), cluster.getConnectTimeout())
            .orElse(CONNECT_TIMEOUT));
  }

  private static URI uri(String text, At at) {
    String expected = "expected an http or https URL without user, such as https://idp.test/keys";
    at.require(text.length() <= MAX_PATH, Value.quoted(text), "expected at most 4096 characters");
    try {
      var uri = new URI(text);
      boolean http =
          "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      at.require(
          http
              && uri.getRawUserInfo() == null
              && uri.getHost() != null
              && uri.getRawFragment() == null,
          uri.getRawUserInfo() == null ? Value.quoted(text) : "a URL with a user",
          expected);
      return uri;
    } catch (URISyntaxException e) {
      throw at.refusal(Value.quoted(text), expected);
    }
  }

  private static String host(URI uri, At at) {
    String host = HostAndPort.fromHost(uri.getHost()).getHost().toLowerCase(Locale.ROOT);
    if (InetAddresses.isInetAddress(host)) {
      return host;
    }
    // Resolvers read 2130706433 and 0x7f000001 as addresses.
    String last = host.substring(host.lastIndexOf('.') + 1);
    at.require(
        !last.matches("[0-9]+|0x[0-9a-f]*"),
        Value.quoted(uri.toString()),
        "expected a host's name, or an address in the usual form");
    return HttpChecks.hostname(at, host);
  }

  private static Optional<Duration> cacheDuration(RemoteJwks remote, At at) {
    Optional<Duration> duration = at.positive(remote.hasCacheDuration(), remote.getCacheDuration());
    duration.ifPresent(given ->
        at.require(
            given.compareTo(LEAST_CACHE) >= 0 && given.compareTo(MOST_CACHE) <= 0,
            GoDuration.shown(given),
            "expected a duration from 1s to 8760h"));
    return duration;
  }

  private static Retries retries(JwksRetryPolicy policy, At at) {
    var backOff = policy.getRetryPolicyBackOff();
    At backOffAt = at.field("RetryPolicyBackOff");
    Optional<Duration> base =
        backOffAt
            .field("BaseInterval")
            .positive(backOff.hasBaseInterval(), backOff.getBaseInterval());
    Optional<Duration> max =
        backOffAt.field("MaxInterval").positive(backOff.hasMaxInterval(), backOff.getMaxInterval());
    base.ifPresent(from -> atLeastOneMillisecond(from, backOffAt.field("BaseInterval")));
    max.ifPresent(most ->
        backOffAt
            .field("MaxInterval")
            .require(
                most.compareTo(base.orElse(Duration.ofSeconds(1))) >= 0,
                GoDuration.shown(most),
                "expected no less than BaseInterval, which is 1s where it is left out"));
    at.field("NumRetries").range(policy.getNumRetries(), 0, MAX_ATTEMPTS);
    return new Retries(Optionals.aboveZero(policy.getNumRetries()), base, max);
  }

  private static void atLeastOneMillisecond(Duration duration, At at) {
    at.require(
        duration.compareTo(Duration.ofMillis(1)) >= 0,
        GoDuration.shown(duration),
        "expected at least 1ms");
  }

  private static Discovery discovery(JwksCluster cluster, At at, boolean address) {
    String type = cluster.getDiscoveryType();
    Discovery discovery = type.isEmpty() ? Discovery.STRICT_DNS : at.oneOf(DISCOVERY, type);
    at.require(
        discovery != Discovery.STATIC || address,
        Value.quoted(type),
        "expected it with a URL that holds an address only");
    return discovery;
  }

  private static Optional<Authorities> authorities(JwksCluster cluster, boolean tls, At at) {
    if (!cluster.hasTlsCertificates()) {
      return Optional.empty();
    }
    at.require(tls, "certificates", "expected them with an https URL only");
    JwksTrustedCa ca = cluster.getTlsCertificates().getTrustedCa();
    At here = at.field("TrustedCA");
    int given =
        (ca.getFilename().isEmpty() ? 0 : 1)
            + (ca.getEnvironmentVariable().isEmpty() ? 0 : 1)
            + (ca.getInlineString().isEmpty() ? 0 : 1)
            + (ca.getInlineBytes().isEmpty() ? 0 : 1);
    here.require(
        given == 1,
        given + " of them",
        "expected exactly one of Filename, EnvironmentVariable, InlineString, InlineBytes");
    if (!ca.getFilename().isEmpty()) {
      return Optional.of(new Authorities.File(path(ca.getFilename(), here.field("Filename"))));
    }
    if (!ca.getEnvironmentVariable().isEmpty()) {
      At name = here.field("EnvironmentVariable");
      name.require(
          ca.getEnvironmentVariable().matches("[A-Za-z_][A-Za-z0-9_]{0,250}"),
          Value.quoted(ca.getEnvironmentVariable()),
          "expected the name of a variable");
      return Optional.of(new Authorities.Variable(ca.getEnvironmentVariable()));
    }
    return Optional.of(
        ca.getInlineString().isEmpty()
            ? inline(decoded(ca.getInlineBytes(), here), here.field("InlineBytes"))
            : inline(ca.getInlineString(), here.field("InlineString")));
  }

  private static String decoded(String base64, At at) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
    } catch (IllegalArgumentException e) {
      throw at.field("InlineBytes").refusal("a text that is not base64", "expected base64");
    }
  }

  private static Authorities inline(String pem, At at) {
    String expected = "expected certificates in PEM";
    try {
      var bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
      var certificates = CertificateFactory.getInstance("X.509").generateCertificates(bytes);
      at.require(!certificates.isEmpty(), "no certificate", expected);
      at.require(!pem.contains("PRIVATE KEY"), "a private key", expected);
    } catch (CertificateException e) {
      throw at.refusal("a text that is not PEM", expected);
    }
    return new Authorities.Inline(pem);
  }
}
