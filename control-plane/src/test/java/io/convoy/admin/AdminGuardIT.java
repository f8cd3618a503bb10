package io.convoy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.cli.Cli;
import io.convoy.cli.ServerTls;
import io.convoy.fixture.Certificates;
import io.convoy.registry.consul.PemFiles;
import io.convoy.snapshot.SnapshotWriter;
import io.convoy.snapshot.WriterSettings;
import io.convoy.xds.XdsServer;
import io.convoy.xds.XdsSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** To whom the admin endpoint answers, over TLS. */
class AdminGuardIT {
  private static final String TOKEN = "correct-horse-battery";
  private static final String NEXT = "staple-staple-staple";

  @TempDir private Path folder = Path.of("");
  private final Certificates pem = Certificates.create();
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final SnapshotWriter writer =
      new SnapshotWriter(List.of("test"), WriterSettings.DEFAULT, InstantSource.system(), metrics);
  private final XdsServer xds;

  AdminGuardIT() throws IOException {
    xds =
        XdsServer.start(
            XdsSettings.plain("127.0.0.1", 0), writer.snapshots(), metrics, writer::rejected);
  }

  @AfterEach
  void close() {
    xds.close();
    writer.close();
  }

  private AdminServer start(boolean clientCertificates, Optional<Path> tokens) throws IOException {
    ServerTls tls =
        ServerTls.read(
            pem.serverCertificate(),
            pem.serverKey(),
            clientCertificates ? Optional.of(pem.authority()) : Optional.empty());
    return AdminServer.start(
        new AdminSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.of(tls.jdk()),
            clientCertificates,
            tokens.isPresent() ? Optional.of(AdminTokens.read(tokens.get())) : Optional.empty()),
        new AdminPages(writer, xds, metrics, InstantSource.system()));
  }

  private Path tokens(String text) throws IOException {
    return Files.writeString(folder.resolve("tokens"), text);
  }

  private static HttpResponse<String> get(
      HttpClient client, AdminServer server, String path, String... headers) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path)).GET();
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpClient client(boolean certificate) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", PemFiles.certificates(pem.authority()).iterator().next());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
    own.load(null, null);
    if (certificate) {
      own.setKeyEntry(
          "own",
          PemFiles.privateKey(pem.clientKey()),
          new char[0],
          PemFiles.certificates(pem.clientCertificate()).toArray(Certificate[]::new));
    }
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_1_1).build();
  }

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aTokenIsAskedFor() throws Exception {
    Path file = tokens("\n  " + TOKEN + "\n");
    try (var server = start(false, Optional.of(file));
        HttpClient client = client(true)) {
      for (String path :
          List.of("/", "/catalog", "/policies", "/nodes", "/snapshots", "/metrics", "/healthz/")) {
        HttpResponse<String> refused = get(client, server, path);
        assertThat(refused.statusCode()).as(path).isEqualTo(401);
        assertThat(refused.headers().allValues("www-authenticate"))
            .containsExactly(
                "Bearer realm=\"Convoy\"", "Basic realm=\"Convoy\", charset=\"UTF-8\"");
        assertThat(refused.body()).contains("\"next\"").doesNotContain(TOKEN);
      }
      for (String wrong :
          List.of(
              "Bearer",
              "Bearer ",
              "Bearer x" + TOKEN,
              TOKEN,
              basic(TOKEN, "x"),
              "Basic %%%",
              "Basic eA==")) {
        assertThat(get(client, server, "/catalog", "Authorization", wrong).statusCode())
            .as(wrong)
            .isEqualTo(401);
      }
      for (String right :
          List.of("Bearer " + TOKEN, "bearer " + TOKEN, basic("", TOKEN), basic("ann", TOKEN))) {
        assertThat(get(client, server, "/catalog", "Authorization", right).statusCode())
            .as(right)
            .isEqualTo(200);
      }
      assertThat(get(client, server, "/", "Authorization", basic("me", TOKEN)).body())
          .contains("<title>Convoy</title>");

      // Two at a time, then the other alone.
      Files.writeString(file, TOKEN + "\n" + NEXT + "\n");
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
      assertThat(get(client, server, "/nodes", "Authorization", "Bearer " + NEXT).statusCode())
          .isEqualTo(200);
      assertThat(get(client, server, "/nodes", "Authorization", "Bearer " + TOKEN).statusCode())
          .isEqualTo(200);
      Files.writeString(file, NEXT);
      Files.setLastModifiedTime(file, FileTime.fromMillis(2_000));
      assertThat(get(client, server, "/nodes", "Authorization", "Bearer " + TOKEN).statusCode())
          .isEqualTo(401);
      Files.delete(file);
      assertThat(get(client, server, "/nodes", "Authorization", "Bearer " + NEXT).statusCode())
          .isEqualTo(401);
    }
  }

  @Test
  void everyoneIsToldWhetherItIsWellAndNothingElse() throws Exception {
    try (var server = start(false, Optional.of(tokens(TOKEN)));
        HttpClient client = client(false)) {
      assertThat(get(client, server, "/healthz").statusCode()).isEqualTo(200);
      HttpResponse<String> ready = get(client, server, "/readyz");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains("\"ok\" : false").doesNotContain("test");
      assertThat(get(client, server, "/readyz", "Authorization", "Bearer " + TOKEN).body())
          .contains("test: has not answered yet");
    }
  }

  @Test
  void aClientCertificateDoesInPlaceOfAToken() throws Exception {
    for (Optional<Path> tokens : List.of(Optional.<Path>empty(), Optional.of(tokens(TOKEN)))) {
      try (var server = start(true, tokens);
          HttpClient with = client(true);
          HttpClient without = client(false)) {
        assertThat(get(with, server, "/catalog").statusCode()).isEqualTo(200);
        assertThat(get(without, server, "/catalog").statusCode()).isEqualTo(401);
        assertThat(get(without, server, "/healthz").statusCode()).isEqualTo(200);
        assertThat(
                get(without, server, "/catalog", "Authorization", "Bearer " + TOKEN).statusCode())
            .isEqualTo(tokens.isPresent() ? 200 : 401);
      }
    }
  }

  @Test
  void aFileOfNoTokenOrAShortOneIsRefusedWithoutItsWords() throws Exception {
    for (String text : List.of("", "\n \n", "hunter2", TOKEN + "\nhunter2\n")) {
      assertThatThrownBy(() -> AdminTokens.read(tokens(text)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("at least 16 characters")
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void theCommandLineShowsItsToken() throws Exception {
    Path tokens = tokens(TOKEN);
    try (AdminServer server = start(false, Optional.of(tokens))) {
      String url = "https://127.0.0.1:" + server.port();
      String ca = pem.authority().toString();
      assertThat(Cli.run("explain", "--admin", url, "/").err()).contains("--admin-ca FILE");
      assertThat(Cli.run("explain", "--admin", url, "--admin-ca", ca, "/").err())
          .contains("with a token or a client certificate");
      assertThat(
              Cli.run(
                      "explain",
                      "--admin=" + url,
                      "--admin-ca=" + ca,
                      "--admin-token-file=" + tokens,
                      "/")
                  .err())
          .contains("there is not exactly one node group");
    }
  }
}
