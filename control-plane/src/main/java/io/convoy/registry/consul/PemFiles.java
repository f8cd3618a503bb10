package io.convoy.registry.consul;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys as {@code consul tls} and OpenSSL write them. */
public final class PemFiles {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([^-]+)-----END");
  private static final byte[] RSA_ALGORITHM =
      der(0x30, new byte[] {6, 9, 42, -122, 72, -122, -9, 13, 1, 1, 1, 5, 0});
  private static final byte[] EC_KEY_TYPE = {6, 7, 42, -122, 72, -50, 61, 2, 1};

  private PemFiles() {}

  /** The certificates in a file, in their order; never empty. */
  public static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      var certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (certificates.isEmpty()) {
        throw new GeneralSecurityException("no certificate in it");
      }
      return certificates;
    }
  }

  /** The first key in a file: PKCS #8, RSA or EC, not encrypted. */
  public static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    Matcher matcher = KEY.matcher(Files.readString(file, StandardCharsets.US_ASCII));
    if (!matcher.find()) {
      throw new GeneralSecurityException("no unencrypted private key in it");
    }
    byte[] body;
    try {
      body = Base64.getMimeDecoder().decode(matcher.group(2));
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("not Base64");
    }
    byte[] pkcs8 =
        switch (matcher.group(1).strip()) {
          case "" -> body;
          case "RSA" -> pkcs8(RSA_ALGORITHM, body);
          case "EC" -> pkcs8(ecAlgorithm(body), body);
          default ->
              throw new GeneralSecurityException(
                  "a key of the form '%s', expected PKCS #8, RSA or EC"
                      .formatted(matcher.group(1).strip()));
        };
    return parse(pkcs8);
  }

  private static PrivateKey parse(byte[] pkcs8) throws GeneralSecurityException {
    var failure = new GeneralSecurityException("neither an EC nor an RSA nor an EdDSA key");
    for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        failure.addSuppressed(e);
      }
    }
    throw failure;
  }

  /** Wraps a bare key (RFC 8017, RFC 5915) into RFC 5208's envelope: the JDK reads only that. */
  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return der(0x30, new byte[] {2, 1, 0}, algorithm, der(0x04, key));
  }

  /** The curve stands in the bare key's field {@code [0]}, as an object identifier. */
  private static byte[] ecAlgorithm(byte[] key) throws GeneralSecurityException {
    for (int i = 0; i + 3 < key.length; i++) {
      int length = key[i + 1];
      boolean curve = key[i] == (byte) 0xa0 && key[i + 2] == 6 && key[i + 3] == length - 2;
      if (curve && i + 2 + length <= key.length) {
        return der(0x30, EC_KEY_TYPE, java.util.Arrays.copyOfRange(key, i + 2, i + 2 + length));
      }
    }
    throw new GeneralSecurityException("an EC key that names no curve");
  }

  private static byte[] der(int tag, byte[]... parts) {
    var content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    var out = new ByteArrayOutputStream();
    out.write(tag);
    if (length > 0xff) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length > 0x7f) {
      out.write(0x81);
    }
    out.write(length & 0xff);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
