package io.convoy.catalog;

import java.time.Instant;

/**
 * A service's certificate with its private key, which is kept in memory only and never printed.
 * Immutable.
 *
 * @param chain PEM: the certificate, then those between it and a root
 * @param key PEM: the private key, not encrypted
 * @param notBefore from when on the certificate is valid
 * @param notAfter until when it is
 */
public record Leaf(String service, String chain, String key, Instant notBefore, Instant notAfter) {

  @Override
  public String toString() {
    return "Leaf[%s, until %s]".formatted(service, notAfter);
  }
}
