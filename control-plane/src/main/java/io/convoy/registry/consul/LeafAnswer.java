package io.convoy.registry.consul;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonParser;
import com.google.common.io.BaseEncoding;
import io.convoy.catalog.Leaf;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * A certificate as Consul's agent gives it.
 *
 * @param authorityKey the extension that names the key that signed it, in hexadecimal; empty where
 *     there is none
 */
record LeafAnswer(Leaf leaf, String authorityKey) {
  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";

  /** Whether the key that signs now has signed it. */
  boolean signedBy(Roots roots) {
    return authorityKey.contains(roots.signingKey());
  }

  static LeafAnswer read(InputStream body) throws IOException {
    String service = "";
    String chain = "";
    String key = "";
    try (JsonParser json = ConsulJson.parser(body)) {
      json.nextToken();
      for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
        switch (field) {
          case "Service" -> service = ConsulJson.text(json);
          case "CertPEM" -> chain = ConsulJson.text(json);
          case "PrivateKeyPEM" -> key = ConsulJson.text(json);
          default -> json.skipChildren();
        }
      }
    }
    X509Certificate certificate = first(chain);
    byte[] authority = certificate.getExtensionValue(AUTHORITY_KEY_IDENTIFIER);
    return new LeafAnswer(
        new Leaf(
            service,
            chain,
            key,
            instant(certificate.getNotBefore()),
            instant(certificate.getNotAfter())),
        authority == null ? "" : BaseEncoding.base16().lowerCase().encode(authority));
  }

  @SuppressWarnings("JavaUtilDate") // what X509Certificate has
  private static Instant instant(java.util.Date date) {
    return date.toInstant();
  }

  private static X509Certificate first(String chain) throws IOException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(chain.getBytes(US_ASCII)));
    } catch (CertificateException e) {
      throw new IOException("the certificate cannot be read: " + e.getMessage());
    }
  }
}
