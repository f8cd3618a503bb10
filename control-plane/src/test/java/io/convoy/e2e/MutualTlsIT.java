package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.slf4j.LoggerFactory;

/** Four services with sidecars and a gateway, who prove to each other who they are. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class) // the roots rotate last
class MutualTlsIT {
  private static final Set<Integer> GIVEN = new HashSet<>();
  private static final int ORDER_OUT = freePort();
  private static final int ORDER_DB = freePort();
  private static final int ORDER = freePort();
  private static final int USER = freePort();
  private static final int STOCK = freePort();
  private static final int DB = freePort();

  private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();
  private static final Path DATA = Folders.create("mutual-tls");
  private static final ConsulFixture CONSUL = ConsulFixture.start();
  private static final ControlPlane CONVOY = new ControlPlane(CONSUL.url(), Optional.of(DATA));
  private static final Backend ORDER_APP = new Backend("order");
  private static final HeaderEcho USER_APP = new HeaderEcho();
  private static final Backend STOCK_APP = new Backend("stock");
  private static final ServerSocket LINES = lines();

  private static final Map<String, EnvoyFixture> SIDECARS =
      new TreeMap<>(
          Map.of(
              "order", CONVOY.sidecar("order", ORDER),
              "user", CONVOY.sidecar("user", USER),
              "stock", CONVOY.sidecar("stock", STOCK),
              "db", CONVOY.sidecar("db", DB)));
  private static final Gateway GATEWAY = new Gateway(CONVOY, "gateway", true);

  private static int freePort() {
    int port = FreePorts.next();
    return GIVEN.add(port) ? port : freePort();
  }

  private static void register(String service, int port, int appPort, String... more) {
    var meta = new ArrayList<>(List.of("convoy-app-port", String.valueOf(appPort)));
    meta.addAll(List.of(more));
    CONSUL.register(service, service, port, meta.toArray(String[]::new));
  }

  @BeforeAll
  static void startAll() {
    LOG.start();
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(LOG);
    CONSUL.putKey("convoy/service-defaults/db", "{Protocol: tcp}");
    // So that handshakes go on for as long as requests do.
    for (String service : List.of("user", "stock")) {
      CONSUL.putKey(
          "convoy/backend-traffic-policy/" + service,
          "{TargetRefs: [{Kind: service, Name: %s}], CircuitBreaker: {MaxRequestsPerConnection: 4}}"
              .formatted(service));
    }
    register(
        "order",
        ORDER,
        ORDER_APP.port(),
        "convoy-outbound-port",
        String.valueOf(ORDER_OUT),
        "convoy-upstreams",
        "user,stock,impostor,db:" + ORDER_DB);
    register(
        "user",
        USER,
        USER_APP.port(),
        "convoy-path",
        "/user/",
        "convoy-check-path",
        "/health",
        "convoy-outbound-port",
        String.valueOf(freePort()));
    register(
        "stock",
        STOCK,
        STOCK_APP.port(),
        "convoy-path",
        "/stock/",
        "convoy-outbound-port",
        String.valueOf(freePort()));
    register("db", DB, LINES.getLocalPort(), "convoy-outbound-port", String.valueOf(freePort()));
    CONVOY.awaitReady();
    GATEWAY.awaitReady();
    SIDECARS.values().forEach(envoy -> Await.until("a sidecar is ready", envoy::isReady));
    Await.untilAsserted(() -> assertThat(call("user", "/").status()).isEqualTo(200));
    Await.untilAsserted(() -> assertThat(call("stock", "/").status()).isEqualTo(200));
    Await.untilAsserted(() -> assertThat(GATEWAY.get("/user/").status()).isEqualTo(200));
  }

  @AfterAll
  static void endAll() throws IOException {
    GATEWAY.close();
    SIDECARS.values().forEach(EnvoyFixture::close);
    CONVOY.close();
    LINES.close();
    STOCK_APP.close();
    USER_APP.close();
    ORDER_APP.close();
    CONSUL.close();
  }

  /** As order's application calls. */
  private static Http.Response call(String host, String path) {
    return Http.get("http://127.0.0.1:" + ORDER_OUT + path, "host", host);
  }

  /** Past everybody's sidecar, in plain text. */
  private static String plain(int port, String path) {
    try {
      return String.valueOf(Http.get("http://127.0.0.1:" + port + path).status());
    } catch (UncheckedIOException e) {
      return "nothing";
    }
  }

  private static String spiffe(String service) {
    return MeshMember.leaf(CONSUL, service).path("ServiceURI").asText();
  }

  @Test
  @Order(1)
  void bothSidesKnowWhoTheOtherIs() {
    assertThat(call("user", "/from-order").status()).isEqualTo(200);
    assertThat(GATEWAY.get("/user/from-gateway").status()).isEqualTo(200);
    assertLogged(envoy("user"), "from-order", "\"peer\":\"" + spiffe("order") + "\"");
    assertLogged(envoy("user"), "from-gateway", "\"peer\":\"" + spiffe("gateway") + "\"");
    assertLogged(envoy("order"), "from-order", "\"upstream_peer\":\"" + spiffe("user") + "\"");
    assertLogged(GATEWAY.envoy(), "from-gateway", "\"upstream_peer\":\"" + spiffe("user") + "\"");
    Await.until("an answer", () -> exchange(ORDER_DB, "hello\n").equals("you said hello"));
    assertThat(exchange(DB, "hello\n")).doesNotContain("you said");
  }

  private static EnvoyFixture envoy(String service) {
    return java.util.Objects.requireNonNull(SIDECARS.get(service));
  }

  private static void assertLogged(EnvoyFixture envoy, String path, String words) {
    Await.untilAsserted(() ->
        assertThat(envoy.accessLog().lines().filter(line -> line.contains("/" + path + "\"")))
            .isNotEmpty()
            .allSatisfy(line -> assertThat(line).contains(words)));
  }

  /** What a member says of its client arrives, and what anybody else says does not. */
  @Test
  @Order(1)
  void membersAreBelievedWhatTheySayOfTheirClient() {
    String[] said = {
      "x-forwarded-for", "203.0.113.7",
      "x-forwarded-proto", "https",
      "x-forwarded-host", "shop.test",
      "x-forwarded-port", "443",
      "x-request-id", "a-members"
    };
    assertThat(new MeshMember(CONSUL, "gateway").answer(USER, "GET", "/said", said))
        .contains(
            "x-forwarded-for: 203.0.113.7,",
            "x-forwarded-proto: https",
            "x-forwarded-host: shop.test",
            "x-forwarded-port: 443",
            "x-request-id: a-members");
    assertLogged(envoy("user"), "said", "\"client_ip\":\"203.0.113.7\"");

    String port = "x-forwarded-port: " + GATEWAY.port();
    assertThat(GATEWAY.get("/user/told", "host", "shop.test", "x-forwarded-host", "evil").body())
        .contains("x-forwarded-proto: http\n", "x-forwarded-host: shop.test\n", port + "\n");

    // The check's path, and everything in permissive mode, are open to anybody.
    assertThat(asAnybody("/health")).contains(byTheSidecarItself());
    CONSUL.putKey("convoy/service-defaults/user", "{MutualTLSMode: permissive}");
    Await.untilAsserted(() -> assertThat(plain(USER, "/open")).isEqualTo("200"));
    assertThat(asAnybody("/open")).contains(byTheSidecarItself());
    CONSUL.deleteKey("convoy/service-defaults/user");
    Await.untilAsserted(() -> assertThat(plain(USER, "/open")).isEqualTo("403"));
    assertThat(envoy("user").accessLog().lines().filter(line -> line.contains("\"any.test\"")))
        .noneSatisfy(line -> assertThat(line).contains("\"client_ip\":\"203.0.113.7\""));
  }

  private static String asAnybody(String path) {
    return Http.get(
            "http://127.0.0.1:" + USER + path,
            "host",
            "any.test",
            "x-forwarded-for",
            "203.0.113.7",
            "x-forwarded-proto",
            "https",
            "x-forwarded-host",
            "evil",
            "x-forwarded-port",
            "443")
        .body();
  }

  private static String[] byTheSidecarItself() {
    return new String[] {
      "x-forwarded-proto: http\n",
      "x-forwarded-host: any.test\n",
      "x-forwarded-port: " + USER + "\n",
      "x-forwarded-for: 203.0.113.7,"
    };
  }

  @Test
  @Order(2)
  void plainTextIsRefusedUnlessTheServicePermitsIt() {
    assertThat(plain(STOCK, "/")).isEqualTo("nothing");
    assertThat(plain(USER, "/health")).isEqualTo("200");
    assertThat(plain(USER, "/health/")).isEqualTo("403");
    assertThat(plain(USER, "/healthy")).isEqualTo("403");
    assertThat(plain(USER, "//health")).as("as the sidecar reads it").isEqualTo("200");
    assertThat(plain(USER, "/health/../admin")).isEqualTo("403");
    CONSUL.putKey("convoy/service-defaults/stock", "{MutualTLSMode: permissive}");
    Await.untilAsserted(() -> assertThat(plain(STOCK, "/")).isEqualTo("200"));
    assertThat(call("stock", "/both").status()).isEqualTo(200);
    assertLogged(envoy("stock"), "both", "\"peer\":\"" + spiffe("order") + "\"");
    CONSUL.deleteKey("convoy/service-defaults/stock");
    Await.untilAsserted(() -> assertThat(plain(STOCK, "/")).isEqualTo("nothing"));
    CONSUL.putKey("convoy/service-defaults/db", "{Protocol: tcp, MutualTLSMode: permissive}");
    Await.until("an answer", () -> exchange(DB, "hello\n").equals("you said hello"));
    assertThat(exchange(ORDER_DB, "hello\n")).isEqualTo("you said hello");
    CONSUL.putKey("convoy/service-defaults/db", "{Protocol: tcp}");
    Await.until("none", () -> !exchange(DB, "hello\n").equals("you said hello"));
  }

  @Test
  @Order(3)
  void theCertificateOfAnotherTrustDomainIsRefused() {
    assertThat(new MeshMember(CONSUL, "anybody").get(USER, "/")).isEqualTo("HTTP/1.1 200 OK");
    try (ConsulFixture other = ConsulFixture.start()) {
      String shown = MeshMember.leaf(other, "order").path("ServiceURI").asText();
      assertThat(new MeshMember(other, "order").get(USER, "/")).startsWith("nothing");
      Await.untilAsserted(() ->
          assertThat(handshakes("user"))
              .anySatisfy(line ->
                  assertThat(line)
                      .contains(
                          "CERTIFICATE_VERIFY_FAILED",
                          "\"local_port\":" + USER,
                          "\"peer\":\"" + shown + "\"")));
    }
  }

  /** A check of Consul by TCP is no failure. */
  @Test
  @Order(3)
  void aConnectionThatSaysNothingIsNotLogged() throws IOException {
    for (int i = 0; i < 5; i++) {
      new Socket(InetAddress.getLoopbackAddress(), STOCK).close();
    }
    int before = handshakes("stock").size();
    assertThat(plain(STOCK, "/")).isEqualTo("nothing");
    Await.until("that is logged", () -> handshakes("stock").size() > before);
    assertThat(handshakes("stock"))
        .allSatisfy(line -> assertThat(line).containsAnyOf("HTTP_REQUEST", "WRONG_VERSION"));
  }

  /** What a sidecar says of handshakes that failed, and of no other connection. */
  private static List<String> handshakes(String service) {
    return envoy(service)
        .accessLog()
        .lines()
        .filter(line -> line.contains("tls_failure\":") && !line.contains("upstream_tls_failure"))
        .toList();
  }

  /** What stock shows is good, but it is not that of the service that is called. */
  @Test
  @Order(4)
  void theCertificateOfAnotherServiceIsRefusedByTheCaller() {
    register("impostor", STOCK, STOCK_APP.port());
    Await.untilAsserted(() -> {
      assertThat(call("impostor", "/").status()).isEqualTo(503);
      assertThat(envoy("order").stat("cluster.impostor.ssl.fail_verify_san")).isPositive();
      assertThat(envoy("order").accessLog().lines())
          .anySatisfy(line ->
              assertThat(line)
                  .contains("\"host\":\"impostor\"", "\"upstream_tls_failure\":\"TLS_error:"));
    });
    CONSUL.deregister("impostor");
  }

  @Test
  @Order(5)
  void aStartWithoutConsulTakesNoCertificateAway() {
    try (var traffic =
        new Traffic(
            50,
            List.of("host", "user"),
            List.of("http://127.0.0.1:" + ORDER_OUT + "/", GATEWAY.url("/user/")))) {
      CONSUL.freeze();
      CONVOY.restart();
      Await.until("Convoy serves what it knew", () -> CONVOY.admin("/readyz").status() == 200);
      Await.until(
          "all Envoys are back",
          () -> CONVOY.admin("/nodes").body().split("\"connectedSince\"", -1).length == 6);
      traffic.await(200);
      CONSUL.thaw();
      traffic.await(100);
      assertThat(traffic.failures()).isEmpty();
    } finally {
      CONSUL.thaw();
    }
  }

  @Test
  @Order(6)
  void noKeyIsEverShown() throws IOException {
    List<String> keys = new ArrayList<>();
    for (String service : List.of("order", "user", "stock", "db", "gateway")) {
      keys.add(
          MeshMember.leaf(CONSUL, service)
              .path("PrivateKeyPEM")
              .asText()
              .lines()
              .filter(line -> !line.startsWith("-"))
              .findFirst()
              .orElseThrow());
    }
    var seen = new StringBuilder();
    List<EnvoyFixture> envoys = new ArrayList<>(SIDECARS.values());
    envoys.add(GATEWAY.envoy());
    for (EnvoyFixture envoy : envoys) {
      String dump = envoy.admin("/config_dump?include_eds");
      assertThat(dump).contains("\"leaf\"", "\"roots\"");
      seen.append(dump).append(envoy.admin("/certs")).append(envoy.log());
      seen.append(envoy.accessLog());
    }
    String secret = CONVOY.admin("/snapshots/sidecar%3Auser%3A" + USER + "/secrets/leaf").body();
    assertThat(secret).contains("fingerprint");
    seen.append(secret);
    for (String page : List.of("/snapshots", "/nodes", "/catalog", "/policies", "/metrics")) {
      seen.append(CONVOY.admin(page).body());
    }
    try (var files = Files.walk(DATA)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        seen.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        seen.append(unpacked(file));
      }
    }
    LOG.list.forEach(event -> seen.append(event.getFormattedMessage()));
    assertThat(seen.toString()).doesNotContain(keys.toArray(String[]::new));
    assertThat(seen.toString()).doesNotContain("PRIVATE KEY");
  }

  /** What was saved, without its header. */
  private static String unpacked(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int start = com.google.common.primitives.Bytes.indexOf(bytes, (byte) '\n') + 1;
    try (var plain =
        new java.util.zip.GZIPInputStream(
            new java.io.ByteArrayInputStream(bytes, start, bytes.length - start))) {
      return new String(plain.readAllBytes(), UTF_8);
    }
  }

  @Test
  @Order(7)
  void rootsAndCertificatesRotateUnderLoad() {
    Map<String, String> before = serials();
    try (var traffic =
        new Traffic(
            200,
            List.of("host", "user"),
            List.of(
                "http://127.0.0.1:" + ORDER_OUT + "/",
                GATEWAY.url("/user/"),
                GATEWAY.url("/stock/")))) {
      traffic.await(200);
      CONSUL
          .api()
          .put(
              "/v1/connect/ca/configuration",
              """
              {"Provider": "consul", "Config": {"PrivateKeyType": "rsa", "PrivateKeyBits": 2048}}\
              """);
      Await.untilAsserted(() ->
          assertThat(serials())
              .allSatisfy(
                  (envoy, serial) -> assertThat(serial).as(envoy).isNotEqualTo(before.get(envoy))));
      traffic.await(400);
      assertThat(traffic.failures()).isEmpty();
    }
    assertThat(CONVOY.metric("convoy_mesh_root_rotations_total")).isEqualTo(1);
    assertThat(CONVOY.metric("convoy_mesh_leaf_rotations_total")).isEqualTo(5);
    assertThat(CONVOY.metric("convoy_mesh_leaf_expiry_seconds{service=\"user\"}")).isPositive();
  }

  /** The serial numbers of the certificates that the Envoys show. */
  private static Map<String, String> serials() {
    Map<String, String> serials = new TreeMap<>();
    SIDECARS.forEach((name, envoy) -> serials.put(name, serial(envoy)));
    serials.put("gateway", serial(GATEWAY.envoy()));
    return serials;
  }

  private static String serial(EnvoyFixture envoy) {
    String certificates = envoy.admin("/certs");
    return java.util.regex.Pattern.compile(
            "\"cert_chain\": \\[.*?\"serial_number\": \"([0-9a-f]+)\"",
            java.util.regex.Pattern.DOTALL)
        .matcher(certificates)
        .results()
        .map(found -> found.group(1))
        .distinct()
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static String exchange(int port, String text) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(text.getBytes(UTF_8));
      String line =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
      return line == null ? "nothing" : line;
    } catch (IOException e) {
      return "nothing: " + e;
    }
  }

  /** An application that answers lines. */
  private static ServerSocket lines() {
    try {
      var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().name("lines").start(() -> serve(server));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void serve(ServerSocket server) {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      }
    } catch (IOException e) {
      // The tests are over.
    }
  }

  private static void answer(Socket socket) {
    try (socket) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        socket.getOutputStream().write(("you said " + line + "\n").getBytes(UTF_8));
      }
    } catch (IOException e) {
      // The other side has gone.
    }
  }
}
