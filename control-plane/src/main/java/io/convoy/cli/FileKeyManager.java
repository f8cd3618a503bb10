package io.convoy.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import io.convoy.registry.consul.PemFiles;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows the certificate that is in a file now, with the key that is in another. Thread-safe. */
final class FileKeyManager extends X509ExtendedKeyManager {
  /** {@code alias}: the certificate's, so that a handshake goes on with the pair it began with. */
  private record Pair(String alias, PrivateKey key, ImmutableList<X509Certificate> chain) {}

  private static final byte[] SAMPLE = {1, 2, 3};

  private final Followed<Pair> files;
  private Pair latest;
  private Pair former;

  FileKeyManager(Path certificate, Path key) {
    this.files = new Followed<>(List.of(certificate, key), () -> read(certificate, key));
    this.latest = files.current();
    this.former = latest;
  }

  private static Pair read(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    ImmutableList<X509Certificate> chain =
        PemFiles.certificates(certificate).stream()
            .map(X509Certificate.class::cast)
            .collect(ImmutableList.toImmutableList());
    PrivateKey privateKey = PemFiles.privateKey(key);
    requireMatch(privateKey, chain.getFirst().getPublicKey());
    String alias = Hashing.sha256().hashBytes(chain.getFirst().getEncoded()).toString();
    return new Pair(alias, privateKey, chain);
  }

  private static void requireMatch(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "EdDSA";
        };
    Signature signature = Signature.getInstance(algorithm);
    boolean match = key.getAlgorithm().equals(certified.getAlgorithm());
    if (match) {
      signature.initSign(key);
      signature.update(SAMPLE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(SAMPLE);
      match = signature.verify(signed);
    }
    if (!match) {
      throw new GeneralSecurityException("the key is not that of the certificate");
    }
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }

  private synchronized @Nullable String alias(String keyType) {
    Pair current = files.current();
    if (!current.alias().equals(latest.alias())) {
      former = latest;
    }
    latest = current;
    return keyType.startsWith(current.key().getAlgorithm()) ? current.alias() : null;
  }

  private synchronized Pair pair(String alias) {
    return former.alias().equals(alias) ? former : latest;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return pair(alias).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return pair(alias).key();
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
