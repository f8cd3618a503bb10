package io.convoy.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A key that signs JSON Web Tokens. */
final class SigningKey {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  /** How it signs. */
  enum Type {
    RS256("RSA", "SHA256withRSA"),
    ES256("EC", "SHA256withECDSAinP1363Format"),
    EdDSA("Ed25519", "Ed25519");

    private final String keys;
    private final String signature;

    Type(String keys, String signature) {
      this.keys = keys;
      this.signature = signature;
    }
  }

  private final Type type;
  private final String id;
  private final KeyPair pair;

  SigningKey(Type type, String id) {
    this.type = type;
    this.id = id;
    try {
      var generator = KeyPairGenerator.getInstance(type.keys);
      switch (type) {
        case RS256 -> generator.initialize(2048);
        case ES256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
        case EdDSA -> {}
      }
      pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A key set of the public parts. */
  static String keySet(SigningKey... keys) {
    return "{\"keys\":["
        + Arrays.stream(keys).map(SigningKey::publicPart).collect(Collectors.joining(","))
        + "]}";
  }

  /** The same as a document has it. */
  static String encodedKeySet(SigningKey... keys) {
    return Base64.getEncoder().encodeToString(keySet(keys).getBytes(StandardCharsets.UTF_8));
  }

  private String publicPart() {
    Map<String, Object> key = new TreeMap<>(Map.of("kid", id, "alg", type.name(), "use", "sig"));
    PublicKey publicKey = pair.getPublic();
    switch (publicKey) {
      case RSAPublicKey rsa ->
          key.putAll(
              Map.of(
                  "kty", "RSA",
                  "n", number(rsa.getModulus(), rsa.getModulus().bitLength() / 8),
                  "e", number(rsa.getPublicExponent(), 3)));
      case ECPublicKey ec ->
          key.putAll(
              Map.of(
                  "kty",
                  "EC",
                  "crv",
                  "P-256",
                  "x",
                  number(ec.getW().getAffineX(), 32),
                  "y",
                  number(ec.getW().getAffineY(), 32)));
      case EdECPublicKey ed -> {
        byte[] encoded = ed.getEncoded();
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        key.putAll(Map.of("kty", "OKP", "crv", "Ed25519", "x", BASE64URL.encodeToString(raw)));
      }
      default -> throw new AssertionError(publicKey);
    }
    return json(key);
  }

  private static String number(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] fixed = new byte[length];
    int from = Math.max(0, bytes.length - length);
    System.arraycopy(bytes, from, fixed, length - (bytes.length - from), bytes.length - from);
    return BASE64URL.encodeToString(fixed);
  }

  /** A signed token. */
  String token(Map<String, Object> claims) {
    return token(Map.of("alg", type.name(), "kid", id), claims);
  }

  String token(Map<String, Object> header, Map<String, Object> claims) {
    String content = encoded(json(header)) + "." + encoded(json(claims));
    try {
      var signature = Signature.getInstance(type.signature);
      signature.initSign(pair.getPrivate());
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return content + "." + BASE64URL.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** One that nobody signed. */
  static String unsigned(Map<String, Object> claims) {
    return encoded(json(Map.of("alg", "none"))) + "." + encoded(json(claims)) + ".";
  }

  static List<Type> types() {
    return List.of(Type.values());
  }

  private static String encoded(String text) {
    return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String json(Map<String, Object> value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
