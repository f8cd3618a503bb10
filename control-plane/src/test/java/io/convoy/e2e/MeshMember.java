package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.primitives.Bytes;
import io.convoy.fixture.ConsulFixture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A client that shows the certificate that an agent gives for a service, and believes anybody. */
final class MeshMember {
  private static final byte[] EC_P256 =
      HexFormat.of().parseHex("301306072a8648ce3d020106082a8648ce3d030107");

  private static final String LEAF = "leaf";

  private final SSLContext context;

  MeshMember(ConsulFixture consul, String service) {
    try {
      JsonNode leaf = leaf(consul, service);
      var keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry(
          LEAF,
          key(leaf.path("PrivateKeyPEM").asText()),
          new char[0],
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(leaf.path("CertPEM").asText().getBytes(US_ASCII)))
              .toArray(Certificate[]::new));
      context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new Insistent(keys)},
          new TrustManager[] {new Believer()},
          new SecureRandom());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode leaf(ConsulFixture consul, String service) {
    try {
      return new ObjectMapper().readTree(consul.api().get("/v1/agent/connect/ca/leaf/" + service));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  String get(int port, String path) {
    return get(port, "GET", path);
  }

  /**
   * The status line of an answer; "nothing" and why, where none comes.
   *
   * @param headers names and values in turn
   */
  String get(int port, String method, String path, String... headers) {
    return answer(port, method, path, headers).lines().findFirst().orElse("nothing: closed");
  }

  /** As {@link #get(int, String, String, String...)}, the whole answer. */
  String answer(int port, String method, String path, String... headers) {
    var lines = new StringBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      lines.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    try (var socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "%s %s HTTP/1.1\r\nHost: any\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .formatted(method, path, lines)
                  .getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (IOException e) {
      return "nothing: " + e.getMessage();
    }
  }

  /** Consul writes SEC 1; Java reads PKCS #8. */
  private static PrivateKey key(String pem) throws GeneralSecurityException {
    byte[] sec1 = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8(sec1)));
  }

  static byte[] pkcs8(byte[] sec1) {
    return der(0x30, Bytes.concat(new byte[] {2, 1, 0}, EC_P256, der(4, sec1)));
  }

  private static byte[] der(int tag, byte[] content) {
    byte[] head =
        content.length < 128
            ? new byte[] {(byte) tag, (byte) content.length}
            : new byte[] {(byte) tag, (byte) 0x81, (byte) content.length};
    return Bytes.concat(head, content);
  }

  /** Shows its certificate also to those who say that they believe other authorities only. */
  private static final class Insistent extends X509ExtendedKeyManager {
    private final KeyStore keys;

    Insistent(KeyStore keys) {
      this.keys = keys;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return LEAF;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      try {
        return Arrays.stream(keys.getCertificateChain(alias))
            .map(X509Certificate.class::cast)
            .toArray(X509Certificate[]::new);
      } catch (KeyStoreException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      try {
        return (PrivateKey) keys.getKey(alias, new char[0]);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {LEAF};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }
  }

  private static final class Believer implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
