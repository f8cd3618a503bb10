package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * A service by TLS that answers every first line with that line, the host that was asked for and
 * who asked: as HTTP where the line is a request.
 */
final class OutsideServer implements AutoCloseable {
  private final SSLServerSocket server;

  /** {@code askForCertificate}: whether clients must show one of the same authority. */
  OutsideServer(OutsideCertificates certificates, boolean askForCertificate) {
    try {
      var keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry(
          "server",
          certificates.serverKeyPair(),
          new char[0],
          new Certificate[] {certificates.serverCertificateItself()});
      keys.setCertificateEntry("authority", certificates.authorityItself());
      var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, new char[0]);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(keys);
      var context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
      server =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
      server.setNeedClientAuth(askForCertificate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    Thread.ofVirtual().name("outside").start(this::serve);
  }

  int port() {
    return server.getLocalPort();
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        var socket = (SSLSocket) server.accept();
        Thread.ofVirtual().name("outside").start(() -> answer(socket));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void answer(SSLSocket socket) {
    try (socket) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      String first = in.readLine();
      if (first == null) {
        return;
      }
      String who = server.getNeedClientAuth() ? peer(socket) : "anybody";
      if (!first.endsWith("HTTP/1.1")) {
        socket.getOutputStream().write((first + " from " + who + "\n").getBytes(UTF_8));
        return;
      }
      String host = "";
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        host = line.startsWith("host: ") ? line.substring(6) : host;
      }
      String body = first + " at " + host + " from " + who;
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                  .formatted(body.length(), body)
                  .getBytes(UTF_8));
    } catch (IOException e) {
      // Whoever called does not believe this server, or is not believed.
    }
  }

  private static String peer(SSLSocket socket) throws IOException {
    var certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return certificate.getSubjectX500Principal().getName();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
