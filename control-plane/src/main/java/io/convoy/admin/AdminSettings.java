package io.convoy.admin;

import java.net.InetSocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where the admin endpoint listens, and to whom it answers. Without tokens and client certificates
 * that is everyone.
 *
 * @param address port 0 chooses a free one
 * @param tls empty: plain text
 * @param clientCertificates whether a certificate that {@code tls} trusts does in place of a token
 * @param tokens one of which does
 */
public record AdminSettings(
    InetSocketAddress address,
    Optional<SSLContext> tls,
    boolean clientCertificates,
    Optional<AdminTokens> tokens) {

  /** Answers everyone who reaches it, in plain text. */
  public static AdminSettings open(InetSocketAddress address) {
    return new AdminSettings(address, Optional.empty(), false, Optional.empty());
  }

  boolean guarded() {
    return clientCertificates || tokens.isPresent();
  }
}
