package io.convoy.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.primitives.Bytes;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Leaf;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.translation.MeshSecrets;
import io.convoy.translation.Resource;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A mesh, a certificate and instances in place of Consul's, so that an Envoy can look at what
 * members of a mesh are told. The certificate is worth nothing: its key was made for it.
 */
final class StandIn {
  static final Mesh MESH =
      Mesh.UNKNOWN.with(new Mesh.Authority("00000000-0000-0000-0000-000000000000.consul", "dc1"));

  private static final int PORT = 20_000;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int INTEGER = 2;
  private static final int BIT_STRING = 3;
  private static final int UTF8 = 12;
  private static final int UTC_TIME = 23;
  private static final int VERSION = 0xa0;
  private static final byte[] ECDSA_WITH_SHA256 = hex("06082a8648ce3d040302");
  private static final byte[] COMMON_NAME = hex("0603550403");

  private StandIn() {}

  /** One instance with a sidecar, of which nothing else is known. */
  static Service service(String name) {
    return Service.of(
        name,
        List.of(
            new Instance(
                "stand-in",
                name,
                "127.0.0.1",
                PORT,
                ImmutableSortedSet.of(),
                ImmutableSortedMap.of("convoy-app-port", String.valueOf(PORT + 1)),
                1,
                Health.PASSING,
                Locality.UNKNOWN,
                0)));
  }

  /** What {@link MeshSecrets} calls by its names. */
  static ImmutableList<Resource> secrets() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      String certificate = pem("CERTIFICATE", certificate(pair));
      String key = pem("PRIVATE KEY", pair.getPrivate().getEncoded());
      var leaf = new Leaf("stand-in", certificate, key, Instant.EPOCH, Instant.MAX);
      return new MeshSecrets().resources(ImmutableList.of(certificate), Optional.of(leaf));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java makes no certificates", e);
    }
  }

  /** One that vouches for itself (RFC 5280, 4.1). */
  private static byte[] certificate(KeyPair pair) throws GeneralSecurityException {
    byte[] algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
    byte[] name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8, ascii("stand-in")))));
    byte[] signed =
        der(
            SEQUENCE,
            der(VERSION, der(INTEGER, BigInteger.TWO.toByteArray())),
            der(INTEGER, BigInteger.ONE.toByteArray()),
            algorithm,
            name,
            der(
                SEQUENCE,
                der(UTC_TIME, ascii("700101000000Z")),
                der(UTC_TIME, ascii("491231235959Z"))),
            name,
            pair.getPublic().getEncoded());
    var signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(pair.getPrivate());
    signature.update(signed);
    return der(SEQUENCE, signed, algorithm, der(BIT_STRING, new byte[1], signature.sign()));
  }

  private static byte[] der(int tag, byte[]... parts) {
    byte[] content = Bytes.concat(parts);
    byte[] length = BigInteger.valueOf(content.length).toByteArray();
    // Up to 127 it is its own encoding; beyond, without a sign, behind its own length.
    byte[] shortest = length[0] == 0 ? Arrays.copyOfRange(length, 1, length.length) : length;
    return content.length < 0x80
        ? Bytes.concat(new byte[] {(byte) tag}, length, content)
        : Bytes.concat(new byte[] {(byte) tag, (byte) (0x80 | shortest.length)}, shortest, content);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static String pem(String what, byte[] content) {
    String lines = Base64.getMimeEncoder(64, ascii("\n")).encodeToString(content);
    return "-----BEGIN %s-----\n%s\n-----END %1$s-----\n".formatted(what, lines);
  }
}
