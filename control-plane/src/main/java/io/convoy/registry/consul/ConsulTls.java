package io.convoy.registry.consul;

import io.convoy.registry.consul.ConsulFault.Reason;
import io.convoy.registry.consul.ConsulSettings.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts the configured authority and shows the configured certificate. */
final class ConsulTls {
  private static final char[] NO_PASSWORD = {};

  private ConsulTls() {}

  /** What a client needs: both are the JDK's own unless something is configured. */
  record Context(SSLContext context, X509TrustManager trust) {}

  /** Empty when nothing is configured. */
  static Optional<Context> context(Tls tls) throws ConsulFault {
    if (tls.equals(Tls.NONE)) {
      return Optional.empty();
    }
    X509TrustManager trust = read("CA", tls.ca(), () -> trustManager(tls.ca()));
    KeyManager @Nullable [] keys =
        tls.certificate().isPresent() && tls.key().isPresent()
            ? read(
                "client certificate or key",
                tls.certificate(),
                () -> keyManagers(tls.certificate().get(), tls.key().get()))
            : null;
    SSLContext context =
        read(
            "TLS",
            Optional.empty(),
            () -> {
              SSLContext made = SSLContext.getInstance("TLS");
              made.init(keys, new TrustManager[] {trust}, null);
              return made;
            });
    return Optional.of(new Context(context, trust));
  }

  private static X509TrustManager trustManager(Optional<Path> ca)
      throws IOException, GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(ca.isPresent() ? storeOf(ca.get()) : null);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("the JDK has no X.509 trust manager");
  }

  private static KeyStore storeOf(Path ca) throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate certificate : PemFiles.certificates(ca)) {
      store.setCertificateEntry("ca-" + number++, certificate);
    }
    return store;
  }

  private static KeyManager[] keyManagers(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    Certificate[] chain = PemFiles.certificates(certificate).toArray(Certificate[]::new);
    store.setKeyEntry("client", PemFiles.privateKey(key), NO_PASSWORD, chain);
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }

  private interface Step<T> {
    T run() throws IOException, GeneralSecurityException;
  }

  private static <T> T read(String what, Optional<Path> file, Step<T> step) throws ConsulFault {
    try {
      return step.run();
    } catch (IOException | GeneralSecurityException e) {
      throw new ConsulFault(
          Reason.CONFIGURATION,
          "consul: the %s%s cannot be used: %s"
              .formatted(what, file.map(path -> " in " + path).orElse(""), words(e)));
    }
  }

  private static String words(Exception e) {
    return e instanceof IOException
        ? e.getClass().getSimpleName() + ": " + e.getMessage()
        : String.valueOf(e.getMessage());
  }
}
