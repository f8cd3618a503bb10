package io.convoy.e2e;

import io.convoy.fixture.Certificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** {@link Certificates}, as Java reads them; the server's is for {@code localhost}. */
record OutsideCertificates(Certificates files) {

  static OutsideCertificates create() {
    return new OutsideCertificates(Certificates.create());
  }

  X509Certificate authorityItself() {
    return certificate(files.authority());
  }

  X509Certificate serverCertificateItself() {
    return certificate(files.serverCertificate());
  }

  PrivateKey serverKeyPair() {
    byte[] sec1 =
        Base64.getMimeDecoder().decode(text(files.serverKey()).replaceAll("-----[^-]*-----", ""));
    try {
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(MeshMember.pkcs8(sec1)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(Path file) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(
                      text(file).getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
