package io.convoy.bench.dataplane;

import io.convoy.cli.demo.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** A provider of tokens. Thread-safe. */
public final class Tokens {
  private static final Duration LIFETIME = Duration.ofDays(3650);

  private final SigningKey key;
  private final String name;

  /** {@code name}: of the provider. Makes its key. */
  public Tokens(String name) {
    this.name = name;
    this.key = new SigningKey(name);
  }

  public String issuer() {
    return "https://" + name + ".test";
  }

  public String name() {
    return name;
  }

  /** The provider's key set, as JSON. */
  public String keySet() {
    return "{\"keys\":[" + key.publicKey() + "]}";
  }

  /** The provider's {@code jwt-provider} document. */
  public String document() {
    String encoded = Base64.getEncoder().encodeToString(keySet().getBytes(StandardCharsets.UTF_8));
    return """
    Kind: jwt-provider
    Name: %s
    Issuer: %s
    JSONWebKeySet: {Local: {JWKS: %s}}
    """
        .formatted(name, issuer(), encoded);
  }

  /** A token of the provider; it ends after ten years. */
  public String token(String subject) {
    return key.token(issuer(), subject, LIFETIME);
  }
}
