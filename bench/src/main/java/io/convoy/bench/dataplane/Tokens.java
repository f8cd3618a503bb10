package io.convoy.bench.dataplane;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;

/** A key of a provider of tokens, and what is made with it. Thread-safe. */
public final class Tokens {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final KeyPair keys;
  private final String name;

  /** {@code name}: of the provider. Makes an RSA key of 2048 bits. */
  public Tokens(String name) {
    this.name = name;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public String issuer() {
    return "https://" + name + ".test";
  }

  public String name() {
    return name;
  }

  /** The provider's key set, as JSON. */
  public String keySet() {
    RSAPublicKey key = (RSAPublicKey) keys.getPublic();
    return "{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}]}"
        .formatted(name, number(key.getModulus()), number(key.getPublicExponent()));
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
    long expires = System.currentTimeMillis() / 1000 + 10 * 365 * 86_400L;
    String head = encode("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"%s\"}".formatted(name));
    String body =
        encode(
            "{\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"%s-1\",\"exp\":%d}"
                .formatted(issuer(), subject, subject, expires));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(keys.getPrivate());
      signature.update((head + "." + body).getBytes(StandardCharsets.US_ASCII));
      return head + "." + body + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encode(String text) {
    return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String number(BigInteger value) {
    byte[] bytes = value.toByteArray();
    int sign = bytes[0] == 0 ? 1 : 0;
    return BASE64.encodeToString(java.util.Arrays.copyOfRange(bytes, sign, bytes.length));
  }
}
