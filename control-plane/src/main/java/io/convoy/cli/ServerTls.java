package io.convoy.cli;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * A server's certificate and key, and the authorities of its clients. The files are looked at with
 * each connection and read again when they changed; while what is there cannot be used, what was
 * read last is.
 */
public final class ServerTls {
  private final KeyManager keys;
  private final Optional<TrustManager> authorities;

  private ServerTls(KeyManager keys, Optional<TrustManager> authorities) {
    this.keys = keys;
    this.authorities = authorities;
  }

  /** Throws {@link FailedException} when a file cannot be used. */
  public static ServerTls read(Path certificate, Path key, Optional<Path> authorities) {
    return new ServerTls(
        new FileKeyManager(certificate, key), authorities.map(FileTrustManager::new));
  }

  /** For gRPC: where there are authorities, clients must show a certificate. */
  public ServerCredentials grpc() {
    var tls = TlsServerCredentials.newBuilder().keyManager(keys);
    authorities.ifPresent(trust -> tls.trustManager(trust).clientAuth(ClientAuth.REQUIRE));
    return tls.build();
  }

  /** For the JDK's own servers. */
  public SSLContext jdk() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {keys},
          authorities.map(trust -> new TrustManager[] {trust}).orElse(null),
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
