package io.convoy.policy;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.TextReader.Unreadable;
import io.convoy.policy.Value.Mapping;
import io.convoy.policy.Value.Member;
import io.convoy.policy.Value.Scalar;
import io.convoy.policy.Value.ScalarType;
import io.convoy.policy.Value.Sequence;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * JSON Web Key Sets (RFC 7517) as Envoy takes them. Envoy passes over a key that it cannot use, and
 * then finds no key for a token: so every key of a set must be one that it can use. What a refusal
 * shows of a key is never its content.
 */
final class JsonWebKeys {
  private static final int MAX_KEYS = 1000;
  private static final int LEAST_RSA_BITS = 2048;
  private static final int MOST_RSA_BITS = 16_384;
  private static final int LEAST_SECRET_BYTES = 32; // RFC 7518: as long as the digest

  /** The curves, with the length of a coordinate and the algorithm. */
  private static final ImmutableMap<String, Curve> CURVES =
      ImmutableMap.of(
          "P-256", new Curve(32, "ES256"),
          "P-384", new Curve(48, "ES384"),
          "P-521", new Curve(66, "ES512"));

  private static final ImmutableSet<String> RSA_ALGORITHMS =
      ImmutableSet.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");
  private static final ImmutableSet<String> SECRET_ALGORITHMS =
      ImmutableSet.of("HS256", "HS384", "HS512");

  /** Private parts (RFC 7518) of any kind of key. */
  private static final ImmutableSet<String> PRIVATE =
      ImmutableSet.of("d", "p", "q", "dp", "dq", "qi", "oth");

  private record Curve(int bytes, String algorithm) {}

  private JsonWebKeys() {}

  /** The key set, as text, that {@code base64} holds. */
  static String checked(String base64, At at) {
    String json = decoded(base64, at);
    if (!(parsed(json, at) instanceof Mapping set)
        || !(member(set, "keys").orElse(null) instanceof Sequence keys)) {
      throw at.refusal("no keys", "expected a key set: {\"keys\": [...]} in base64");
    }
    At keysAt = at.field("keys");
    keysAt.require(
        !keys.items().isEmpty() && keys.items().size() <= MAX_KEYS,
        keys.items().size() + " keys",
        "expected 1 to " + MAX_KEYS);
    for (int i = 0; i < keys.items().size(); i++) {
      if (!(keys.items().get(i) instanceof Mapping key)) {
        throw keysAt.index(i).refusal("no key", "expected a mapping");
      }
      key(key, keysAt.index(i));
    }
    return json;
  }

  /** Consul passes over line breaks, too. */
  private static String decoded(String base64, At at) {
    try {
      byte[] bytes = Base64.getDecoder().decode(CharMatcher.anyOf("\r\n").removeFrom(base64));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw at.refusal("a text that is not base64", "expected a key set in base64");
    }
  }

  /** The reader's words are left out: they may hold a part of the text. */
  private static Value parsed(String json, At at) {
    try {
      return TextReader.json(json);
    } catch (Unreadable e) {
      throw at.refusal("a text that is not JSON", "expected a key set in base64");
    }
  }

  private static void key(Mapping key, At at) {
    for (Member member : key.members()) {
      at.field(member.key().matches("\\w{1,20}") ? member.key() : "member")
          .require(
              !PRIVATE.contains(member.key()),
              "a private part",
              "expected the public parts of the key only");
    }
    string(key, "use", at)
        .ifPresent(use ->
            at.field("use").require(use.equals("sig"), Value.quoted(use), "expected \"sig\""));
    string(key, "kid", at);
    String type = required(key, "kty", at);
    switch (type) {
      case "RSA" -> rsa(key, at);
      case "EC" -> ec(key, at);
      case "OKP" -> okp(key, at);
      case "oct" -> secret(key, at);
      default ->
          throw at.field("kty").refusal(Value.quoted(type), "expected one of RSA, EC, OKP, oct");
    }
  }

  private static void rsa(Mapping key, At at) {
    algorithm(key, RSA_ALGORITHMS, at);
    int bits = new BigInteger(1, bytes(key, "n", at)).bitLength();
    at.field("n")
        .require(
            bits >= LEAST_RSA_BITS && bits <= MOST_RSA_BITS,
            "a modulus of " + bits + " bits",
            "expected " + LEAST_RSA_BITS + " to " + MOST_RSA_BITS);
    var exponent = new BigInteger(1, bytes(key, "e", at));
    at.field("e")
        .require(
            exponent.bitLength() <= 33 && exponent.testBit(0) && exponent.bitLength() > 1,
            "another exponent",
            "expected an odd one from 3 to 2^33");
  }

  private static void ec(Mapping key, At at) {
    String name = required(key, "crv", at);
    Curve curve = at.field("crv").oneOf(CURVES, name);
    algorithm(key, ImmutableSet.of(curve.algorithm()), at);
    for (String coordinate : ImmutableSet.of("x", "y")) {
      length(at.field(coordinate), bytes(key, coordinate, at), curve.bytes());
    }
    at.require(
        EllipticCurves.holds(name, bytes(key, "x", at), bytes(key, "y", at)),
        "a point that is not on the curve",
        "expected a public key of " + name);
  }

  private static void okp(Mapping key, At at) {
    String curve = required(key, "crv", at);
    at.field("crv").require(curve.equals("Ed25519"), Value.quoted(curve), "expected \"Ed25519\"");
    algorithm(key, ImmutableSet.of("EdDSA"), at);
    length(at.field("x"), bytes(key, "x", at), 32);
  }

  private static void secret(Mapping key, At at) {
    algorithm(key, SECRET_ALGORITHMS, at);
    int length = bytes(key, "k", at).length;
    at.field("k")
        .require(
            length >= LEAST_SECRET_BYTES,
            length + " bytes",
            "expected at least " + LEAST_SECRET_BYTES);
  }

  private static void length(At at, byte[] bytes, int expected) {
    at.require(bytes.length == expected, bytes.length + " bytes", "expected " + expected);
  }

  private static void algorithm(Mapping key, ImmutableSet<String> known, At at) {
    string(key, "alg", at)
        .ifPresent(algorithm ->
            at.field("alg")
                .require(
                    known.contains(algorithm),
                    Value.quoted(algorithm),
                    "expected one of " + String.join(", ", known)));
  }

  private static byte[] bytes(Mapping key, String name, At at) {
    String text = required(key, name, at);
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw at.field(name).refusal("a text that is not base64url", "expected base64url");
    }
  }

  private static String required(Mapping key, String name, At at) {
    return string(key, name, at)
        .orElseThrow(() -> at.field(name).refusal("nothing", "expected a string"));
  }

  private static Optional<String> string(Mapping key, String name, At at) {
    Optional<Value> value = member(key, name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (value.get() instanceof Scalar scalar && scalar.type() == ScalarType.STRING) {
      return Optional.of(scalar.text());
    }
    throw at.field(name).refusal("something else", "expected a string");
  }

  private static Optional<Value> member(Mapping mapping, String name) {
    return mapping.members().stream()
        .filter(member -> member.key().equals(name))
        .map(Member::value)
        .findFirst();
  }
}
