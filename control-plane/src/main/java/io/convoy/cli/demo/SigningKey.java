package io.convoy.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/** An RSA key of 2048 bits, made anew every time, that signs JSON Web Tokens. Thread-safe. */
public final class SigningKey {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final KeyPair keys;
  private final String id;

  /** {@code id}: what tokens and the key set call it. */
  public SigningKey(String id) {
    this.id = id;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public key, as a member of a key set. */
  public String publicKey() {
    RSAPublicKey key = (RSAPublicKey) keys.getPublic();
    return "{\"kty\":\"RSA\",\"alg\":\"RS256\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}"
        .formatted(id, number(key.getModulus()), number(key.getPublicExponent()));
  }

  /** A token that ends after a time. */
  public String token(String issuer, String subject, Duration lifetime) {
    String head = encode("{\"alg\":\"RS256\",\"kid\":\"%s\"}".formatted(id));
    String body =
        encode(
            "{\"iss\":\"%s\",\"sub\":\"%s\",\"exp\":%d}"
                .formatted(issuer, subject, Instant.now().plus(lifetime).getEpochSecond()));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(keys.getPrivate());
      signature.update((head + "." + body).getBytes(UTF_8));
      return head + "." + body + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encode(String text) {
    return BASE64.encodeToString(text.getBytes(UTF_8));
  }

  private static String number(BigInteger value) {
    byte[] bytes = value.toByteArray();
    return BASE64.encodeToString(Arrays.copyOfRange(bytes, bytes[0] == 0 ? 1 : 0, bytes.length));
  }
}
