package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Folders;
import io.convoy.fixture.Http;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Services that are registered on an external node, called by TLS by a gateway and by a sidecar.
 * Their certificates are for {@code localhost}.
 */
class OutsideIT {
  private static final Set<Integer> GIVEN = new HashSet<>();
  private static final int OUT = freePort();
  private static final int LINES = freePort();
  private static final int SHOP = freePort();

  private static final Path FOLDER = Folders.create("outside");
  private static final Path MOVED = FOLDER.resolve("moved.pem");
  private static final Path LATER = FOLDER.resolve("later.pem");
  private static final OutsideCertificates OURS = OutsideCertificates.create();
  private static final OutsideCertificates OTHERS = OutsideCertificates.create();
  private static final OutsideServer OPEN = new OutsideServer(OURS, false);
  private static final OutsideServer STRICT = new OutsideServer(OURS, true);

  private static final ConsulFixture CONSUL = ConsulFixture.start();
  private static final ControlPlane CONVOY = new ControlPlane(CONSUL.url());
  private static final Backend APP = new Backend("shop");
  private static final EnvoyFixture SIDECAR = CONVOY.sidecar("shop", SHOP);
  private static final Gateway GATEWAY = new Gateway(CONVOY, "gateway", true);

  /** What each is called with; the address is {@code 127.0.0.1} unless a name is needed. */
  private static final Map<String, String> SERVICES =
      Map.of(
          "good", "\"CAFile\": \"%s\", \"SNI\": \"localhost\"".formatted(OURS.files().authority()),
          "named", "\"CAFile\": \"%s\"".formatted(OURS.files().authority()),
          "wrong-ca",
              "\"CAFile\": \"%s\", \"SNI\": \"localhost\"".formatted(OTHERS.files().authority()),
          "wrong-name",
              "\"CAFile\": \"%s\", \"SNI\": \"other.test\"".formatted(OURS.files().authority()),
          "public", "\"SNI\": \"localhost\"",
          "strict",
              "\"CAFile\": \"%s\", \"CertFile\": \"%s\", \"KeyFile\": \"%s\", \"SNI\": \"localhost\", \"DisableAutoHostRewrite\": true"
                  .formatted(
                      OURS.files().authority(),
                      OURS.files().clientCertificate(),
                      OURS.files().clientKey()),
          "unshown",
              "\"CAFile\": \"%s\", \"SNI\": \"localhost\"".formatted(OURS.files().authority()),
          "moved", "\"CAFile\": \"%s\", \"SNI\": \"localhost\"".formatted(MOVED),
          "later", "\"CAFile\": \"%s\", \"SNI\": \"localhost\"".formatted(LATER),
          "lines", "\"CAFile\": \"%s\"".formatted(OURS.files().authority()));

  private static int freePort() {
    int port = FreePorts.next();
    return GIVEN.add(port) ? port : freePort();
  }

  @BeforeAll
  static void startAll() throws IOException {
    Files.copy(OTHERS.files().authority(), MOVED);
    CONSUL.putKey("convoy/service-defaults/lines", "{Protocol: tcp}");
    CONSUL
        .api()
        .putConfig(
            SERVICES.entrySet().stream()
                .map(entry -> "{\"Name\": \"%s\", %s}".formatted(entry.getKey(), entry.getValue()))
                .collect(
                    Collectors.joining(
                        ", ",
                        "{\"Kind\": \"terminating-gateway\", \"Name\": \"outside\", \"Services\": [",
                        "]}")));
    for (String service : SERVICES.keySet()) {
      boolean strict = service.equals("strict") || service.equals("unshown");
      boolean named = service.equals("named") || service.equals("lines");
      external(service, named ? "localhost" : "127.0.0.1", (strict ? STRICT : OPEN).port());
    }
    CONSUL.register(
        "shop",
        "shop",
        SHOP,
        "convoy-app-port",
        String.valueOf(APP.port()),
        "convoy-outbound-port",
        String.valueOf(OUT),
        "convoy-upstreams",
        SERVICES.keySet().stream()
            .map(name -> name.equals("lines") ? name + ":" + LINES : name)
            .collect(Collectors.joining(",")));
    CONVOY.awaitReady();
    GATEWAY.awaitReady();
    Await.until("the sidecar is ready", SIDECAR::isReady);
  }

  private static void external(String service, String address, int port) {
    CONSUL
        .api()
        .put(
            "/v1/catalog/register",
            """
            {"Node": "outside", "Address": "%1$s", "NodeMeta": {"external-node": "true"}, "SkipNodeUpdate": false,
             "Service": {"ID": "%2$s", "Service": "%2$s", "Address": "%1$s", "Port": %3$d, "Meta": {"convoy-path": "/%2$s/"}}}\
            """
                .formatted(address, service, port));
  }

  @AfterAll
  static void endAll() throws IOException {
    GATEWAY.close();
    SIDECAR.close();
    CONVOY.close();
    APP.close();
    CONSUL.close();
    OPEN.close();
    STRICT.close();
  }

  private static Http.Response bySidecar(String service) {
    return Http.get("http://127.0.0.1:" + OUT + "/" + service + "/", "host", service);
  }

  private static void assertAnswers(String service, String words) {
    Await.untilAsserted(() -> {
      assertThat(GATEWAY.get("/" + service + "/").body()).contains(words);
      assertThat(bySidecar(service).body()).contains(words);
    });
  }

  /** The answer to the client does not say why: requests are tried again. The access logs do. */
  private static void assertRefused(String service, String why) {
    Await.untilAsserted(() -> {
      for (Http.Response answer : List.of(GATEWAY.get("/" + service + "/"), bySidecar(service))) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
      }
      for (EnvoyFixture envoy : List.of(GATEWAY.envoy(), SIDECAR)) {
        assertThat(envoy.accessLog().lines().filter(line -> line.contains("/" + service + "/")))
            .anySatisfy(line -> assertThat(line).contains("upstream_tls_failure").contains(why));
      }
    });
  }

  @Test
  void theRightAuthorityAndName() {
    assertAnswers("good", "GET /good/ HTTP/1.1 at localhost from anybody");
  }

  @Test
  void theNameThatAnInstanceIsRegisteredWith() {
    assertAnswers("named", "GET /named/ HTTP/1.1 at localhost from anybody");
  }

  @Test
  void anotherAuthority() {
    assertRefused("wrong-ca", "CERTIFICATE_VERIFY_FAILED");
  }

  @Test
  void anotherName() {
    assertRefused("wrong-name", "CERTIFICATE_VERIFY_FAILED");
  }

  @Test
  void noAuthorityThatTheMachineBelieves() {
    assertRefused("public", "CERTIFICATE_VERIFY_FAILED");
  }

  @Test
  void aCertificateIsShownWhereItIsAskedFor() {
    Await.untilAsserted(() -> {
      assertThat(GATEWAY.get("/strict/").body()).contains("from CN=client.dc1.consul");
      assertThat(bySidecar("strict").body())
          .contains(" at strict ")
          .contains("from CN=client.dc1.consul");
    });
    Await.untilAsserted(() -> assertThat(bySidecar("unshown").status()).isEqualTo(503));
  }

  @Test
  void connections() {
    Await.untilAsserted(() -> assertThat(exchange("hello")).isEqualTo("hello from anybody"));
  }

  @Test
  void filesThatAreMovedIntoPlaceAreReadAgain() throws IOException {
    assertRefused("moved", "CERTIFICATE_VERIFY_FAILED");
    move(OURS.files().authority(), MOVED);
    assertAnswers("moved", "at localhost");
  }

  /** It is one machine's fault, and passes: nobody loses the document. */
  @Test
  void aFileThatComesLater() throws IOException {
    Await.untilAsserted(() -> assertThat(bySidecar("later").status()).isEqualTo(503));
    Await.untilAsserted(() ->
        assertThat(SIDECAR.admin("/config_dump?resource=dynamic_warming_secrets"))
            .contains("tls/later/authorities"));
    move(OURS.files().authority(), LATER);
    assertAnswers("later", "at localhost");
    assertThat(CONVOY.admin("/policies/terminating-gateway/outside").body())
        .doesNotContain("Rejected");
  }

  private static void move(Path content, Path place) throws IOException {
    Path beside = Files.createTempFile(FOLDER, "new", ".pem");
    Files.copy(content, beside, StandardCopyOption.REPLACE_EXISTING);
    Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void theStatusNamesWhatIsNotThere() {
    CONSUL.putKey(
        "convoy/terminating-gateway/second",
        "Services: [{Name: good, SNI: other.test}, {Name: nobody, SNI: nobody.test}]");
    Await.untilAsserted(() ->
        assertThat(CONVOY.admin("/policies/terminating-gateway/second").body())
            .contains("which is older")
            .contains("is not in the catalog"));
    assertAnswers("good", "at localhost");
    CONSUL.deleteKey("convoy/terminating-gateway/second");
  }

  private static String exchange(String line) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), LINES)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
      return String.valueOf(
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
