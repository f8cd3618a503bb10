package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import io.convoy.fixture.SigningKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who may call whom, by Consul's own config entries: {@code web} and {@code other} call {@code api}
 * (HTTP), {@code socket} (WebSocket) and {@code db} (TCP) through their sidecars and theirs.
 */
class IntentionsIT {
  private static final Set<Integer> GIVEN = new HashSet<>();
  private static final int WEB_OUT = freePort();
  private static final int WEB_DB = freePort();
  private static final int OTHER_OUT = freePort();
  private static final int OTHER_DB = freePort();
  private static final int API = freePort();
  private static final int SOCKET = freePort();
  private static final int DB = freePort();
  private static final int WEB = freePort();
  private static final int OTHER = freePort();

  private static final SigningKey KEY = new SigningKey(SigningKey.Type.ES256, "key");
  private static final ConsulFixture CONSUL =
      ConsulFixture.builder().config("{\"default_intention_policy\": \"deny\"}").start();
  private static final ControlPlane CONVOY = new ControlPlane(CONSUL.url());
  private static final HeaderEcho API_APP = new HeaderEcho();
  private static final EchoSocket SOCKET_APP = socket();
  private static final ServerSocket LINES = lines();

  private static final EnvoyFixture API_ENVOY = CONVOY.sidecar("api", API);
  private static final EnvoyFixture DB_ENVOY = CONVOY.sidecar("db", DB);
  private static final EnvoyFixture SOCKET_ENVOY = CONVOY.sidecar("socket", SOCKET);
  private static final EnvoyFixture WEB_ENVOY = CONVOY.sidecar("web", WEB);
  private static final EnvoyFixture OTHER_ENVOY = CONVOY.sidecar("other", OTHER);
  private static final List<EnvoyFixture> SIDECARS =
      List.of(API_ENVOY, DB_ENVOY, SOCKET_ENVOY, WEB_ENVOY, OTHER_ENVOY);

  private static int freePort() {
    int port = FreePorts.next();
    return GIVEN.add(port) ? port : freePort();
  }

  private static void register(String service, int port, int appPort, int outbound, String calls) {
    CONSUL.register(
        service,
        service,
        port,
        "convoy-app-port",
        String.valueOf(appPort),
        "convoy-outbound-port",
        String.valueOf(outbound),
        "convoy-upstreams",
        calls);
  }

  @BeforeAll
  static void startAll() {
    CONSUL
        .api()
        .putConfig("{\"Kind\": \"service-defaults\", \"Name\": \"api\", \"Protocol\": \"http\"}");
    CONSUL
        .api()
        .putConfig(
            "{\"Kind\": \"service-defaults\", \"Name\": \"socket\", \"Protocol\": \"http\"}");
    CONSUL.putKey("convoy/service-defaults/db", "{Protocol: tcp}");
    CONSUL
        .api()
        .putConfig(
            "{\"Kind\": \"jwt-provider\", \"Name\": \"okta\", \"Issuer\": \"https://okta.test\", \"JSONWebKeySet\": {\"Local\": {\"JWKS\": \"%s\"}}}"
                .formatted(SigningKey.encodedKeySet(KEY)));
    register("api", API, API_APP.port(), freePort(), "");
    register("socket", SOCKET, SOCKET_APP.port(), freePort(), "");
    register("db", DB, LINES.getLocalPort(), freePort(), "");
    register("web", WEB, API_APP.port(), WEB_OUT, "api,socket,db:" + WEB_DB);
    register("other", OTHER, API_APP.port(), OTHER_OUT, "api,socket,db:" + OTHER_DB);
    CONVOY.awaitReady();
    SIDECARS.forEach(envoy -> Await.until("a sidecar is ready", envoy::isReady));
  }

  /** Each begins with nothing said; what is left of one that failed is gone. */
  @BeforeEach
  void nothingIsSaid() {
    for (String name : List.of("api", "db", "socket", "*")) {
      CONSUL.deleteKey("convoy/service-intentions/" + name);
      remove(name);
    }
  }

  @AfterAll
  static void endAll() throws IOException {
    SIDECARS.forEach(EnvoyFixture::close);
    CONVOY.close();
    LINES.close();
    SOCKET_APP.close();
    API_APP.close();
    CONSUL.close();
  }

  // Consul's table of precedence, and its examples of permissions. "web" and "other" are what the
  // requests of these callers are answered: method and path, then the status.

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "nothing is said | - | - | GET / 403 | GET / 403",
        "an exact source | [{Name: web, Action: allow}] | - | GET / 200 | GET / 403",
        "any source | [{Name: '*', Action: allow}] | - | GET / 200 | GET / 200",
        "exact over wildcard source | [{Name: web, Action: deny}, {Name: '*', Action: allow}] | - | GET / 403 | GET / 200",
        "the order in the document is nothing | [{Name: '*', Action: deny}, {Name: web, Action: allow}] | - | GET / 200 | GET / 403",
        "any destination | - | [{Name: web, Action: allow}] | GET / 200 | GET / 403",
        "exact over wildcard destination | [{Name: web, Action: allow}] | [{Name: web, Action: deny}, {Name: '*', Action: allow}] | GET / 200 | GET / 200",
        "denied here, allowed everywhere | [{Name: web, Action: deny}] | [{Name: '*', Action: allow}] | GET / 403 | GET / 200",
        "any source here over one source everywhere | [{Name: '*', Action: deny}] | [{Name: web, Action: allow}] | GET / 403 | GET / 403",
        "and the other way round | [{Name: '*', Action: allow}] | [{Name: web, Action: deny}] | GET / 200 | GET / 200",
        "permissions in their order | [{Name: web, Permissions: [{Action: deny, HTTP: {PathPrefix: /v2/admin}}, {Action: allow, HTTP: {PathPrefix: /v2/}}, {Action: allow, HTTP: {PathExact: /healthz, Methods: [GET]}}]}] | -"
            + " | GET /v2/admin/x 403, GET /v2/x 200, GET /healthz 200, GET /healthz?x=1 200, POST /healthz 403, GET / 403 | GET /v2/x 403",
        "an earlier allow over a later deny | [{Name: web, Permissions: [{Action: allow, HTTP: {PathExact: /a/b}}, {Action: deny, HTTP: {PathPrefix: /a}}, {Action: allow, HTTP: {PathPrefix: /}}]}] | -"
            + " | GET /a/b 200, GET /a/c 403, GET /b 200 | GET /b 403",
        "a regular expression is of the whole path | [{Name: '*', Permissions: [{Action: allow, HTTP: {PathRegex: '/items/[0-9]+'}}]}] | -"
            + " | GET /items/7 200, GET /items/7?q=1 200, GET /items/7/x 403, GET /x/items/7 403 | GET /items/8 200",
        "normalised before it is judged | [{Name: web, Permissions: [{Action: deny, HTTP: {PathPrefix: /admin}}, {Action: allow, HTTP: {PathPrefix: /}}]}] | -"
            + " | GET /x/../admin 403, GET //admin 403, GET /%61dmin 403, GET /x 200 | GET /x 403",
        "permissions for one, everything for the rest | [{Name: web, Permissions: [{Action: allow, HTTP: {Methods: [GET]}}]}, {Name: '*', Action: allow}] | -"
            + " | GET / 200, POST / 403 | POST / 200",
      })
  void precedence(String what, String own, String general, String web, String other) {
    intentions("api", own);
    intentions("*", general);
    Await.untilAsserted(() -> {
      assertThat(answers(WEB_OUT, web)).as("web: %s", what).isEqualTo(web);
      assertThat(answers(OTHER_OUT, other)).as("other: %s", what).isEqualTo(other);
    });
  }

  /** Writes Consul's entry, and waits until Convoy has read it. */
  private static void intentions(String name, @org.jspecify.annotations.Nullable String sources) {
    if (sources == null) {
      remove(name);
      return;
    }
    document(name, "{Kind: service-intentions, Name: '%s', Sources: %s}".formatted(name, sources));
  }

  private static void document(String name, String yaml) {
    CONSUL.api().putConfig(json(yaml));
    JsonNode entry = read(CONSUL.api().get("/v1/config/service-intentions/" + name));
    long index = entry.path("ModifyIndex").asLong();
    Await.untilAsserted(() -> {
      JsonNode status = read(CONVOY.admin("/policies/service-intentions/" + name).body());
      assertThat(status.path("modifyIndex").asLong()).isGreaterThanOrEqualTo(index);
    });
  }

  private static void remove(String name) {
    CONSUL.api().deleteConfig("service-intentions", name);
    Await.until(
        "it is gone", () -> CONVOY.admin("/policies/service-intentions/" + name).status() == 404);
  }

  private static JsonNode read(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String json(String yaml) {
    try {
      return new ObjectMapper()
          .writeValueAsString(new org.yaml.snakeyaml.Yaml().<Object>load(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the questions are answered with the statuses that they name. */
  private static void expect(int caller, String questions, String... headers) {
    Await.untilAsserted(() -> assertThat(answers(caller, questions, headers)).isEqualTo(questions));
  }

  /** {@code questions} with the statuses that come. */
  private static String answers(int caller, String questions, String... headers) {
    List<String> answers = new ArrayList<>();
    for (String question : questions.split(", ", -1)) {
      List<String> words = List.of(question.split(" ", -1));
      answers.add(
          words.get(0)
              + " "
              + words.get(1)
              + " "
              + status(caller, words.get(0), words.get(1), headers));
    }
    return String.join(", ", answers);
  }

  /** On a connection of its own, with the path as it stands. */
  private static String status(int caller, String method, String path, String... headers) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), caller)) {
      socket.setSoTimeout(20_000);
      var request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: api\r\n");
      for (int i = 0; i < headers.length; i += 2) {
        request.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
      }
      request.append("Content-Length: 0\r\nConnection: close\r\n\r\n");
      socket.getOutputStream().write(request.toString().getBytes(UTF_8));
      String line =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
      return line == null ? "nothing" : line.split(" ", 3)[1];
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void headers() {
    intentions(
        "api",
        "[{Name: web, Permissions: [{Action: allow, HTTP: {Header: [{Name: x-a, Exact: one}, {Name: X-B, Prefix: p}, {Name: x-c, Suffix: s}, {Name: x-d, Regex: 'r+'}, {Name: x-e, Present: true}, {Name: x-f, Exact: bad, Invert: true}]}}]}]");
    List<String> good =
        List.of("x-a", "one", "x-b", "ping", "x-c", "cats", "x-d", "rrr", "x-e", "any");
    expect(WEB_OUT, "GET / 200", good.toArray(String[]::new));
    for (List<String> otherwise :
        List.of(
            List.of("x-a", "One"),
            List.of("x-b", "no"),
            List.of("x-c", "no"),
            List.of("x-d", "rrx"))) {
      List<String> bad = new ArrayList<>(good);
      bad.set(bad.indexOf(otherwise.getFirst()) + 1, otherwise.getLast());
      expect(WEB_OUT, "GET / 403", bad.toArray(String[]::new));
    }
    List<String> inverted = new ArrayList<>(good);
    inverted.addAll(List.of("x-f", "bad"));
    expect(WEB_OUT, "GET / 403", inverted.toArray(String[]::new));
  }

  private static String token(Object roles) {
    return token(KEY, roles);
  }

  private static String token(SigningKey key, Object roles) {
    return "Bearer "
        + key.token(
            Map.of(
                "iss",
                "https://okta.test",
                "sub",
                "alice",
                "realm",
                Map.of("roles", roles),
                "exp",
                Instant.now().getEpochSecond() + 300));
  }

  @Test
  void aTokenBesidesTheCaller() {
    document(
        "api",
        "{Kind: service-intentions, Name: api, JWT: {Providers: [{Name: okta, VerifyClaims: [{Path: [realm, roles], Value: staff}]}]}, Sources: [{Name: web, Action: allow}]}");
    String staff = token("staff");
    String forged = token(new SigningKey(SigningKey.Type.ES256, "key"), "staff");
    expect(WEB_OUT, "GET / 200", "authorization", staff);
    expect(WEB_OUT, "GET / 200", "authorization", token(List.of("x", "staff")));
    expect(WEB_OUT, "GET / 403");
    expect(WEB_OUT, "GET / 403", "authorization", token("guest"));
    expect(WEB_OUT, "GET / 403", "authorization", forged);
    expect(OTHER_OUT, "GET / 403", "authorization", staff);

    intentions(
        "api",
        "[{Name: web, Permissions: [{Action: allow, HTTP: {PathPrefix: /staff}, JWT: {Providers: [{Name: okta}]}}, {Action: allow, HTTP: {PathPrefix: /}}]}]");
    expect(WEB_OUT, "GET /staff 403, GET /x 200");
    expect(WEB_OUT, "GET /staff 200", "authorization", staff);
  }

  /** What intentions verified is there still for the policy behind them, which takes it off. */
  @Test
  void aTokenForAPolicyAsWell() {
    CONSUL.putKey(
        "convoy/security-policy/api",
        "{TargetRefs: [{Kind: service, Name: api}], JWT: {Providers: [okta]}}");
    document(
        "api",
        "{Kind: service-intentions, Name: api, JWT: {Providers: [{Name: okta}]}, Sources: [{Name: web, Action: allow}]}");
    Await.untilAsserted(() -> {
      var answer =
          Http.get(
              "http://127.0.0.1:" + WEB_OUT + "/", "host", "api", "authorization", token("staff"));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).doesNotContain("authorization:");
    });
    intentions("api", "[{Name: web, Action: allow}]");
    Await.untilAsserted(() -> assertThat(answers(WEB_OUT, "GET / 401")).isEqualTo("GET / 401"));
    CONSUL.deleteKey("convoy/security-policy/api");
    Await.untilAsserted(() -> assertThat(answers(WEB_OUT, "GET / 200")).isEqualTo("GET / 200"));
  }

  @Test
  void denialsAreCountedAndLogged() {
    intentions("api", "[{Name: web, Action: deny}, {Name: other, Action: allow}]");
    String denied = "http.inbound-" + API + ".rbac.service-intentions/api.denied";
    expect(WEB_OUT, "GET / 403");
    long before = API_ENVOY.stat(denied);
    expect(WEB_OUT, "GET /denied-here 403");
    Await.untilAsserted(() -> {
      assertThat(API_ENVOY.stat(denied)).isEqualTo(before + 1);
      assertThat(API_ENVOY.accessLog().lines().filter(line -> line.contains("/denied-here")))
          .singleElement()
          .satisfies(line -> assertThat(line).contains("rbac_access_denied", "/svc/web\""));
    });
  }

  @Test
  void connections() {
    intentions("db", "[{Name: web, Action: allow}]");
    Await.untilAsserted(() -> {
      assertThat(exchange(WEB_DB)).isEqualTo("you said hello");
      assertThat(exchange(OTHER_DB)).isEqualTo("nothing");
    });
    assertThat(DB_ENVOY.stat("service-intentions/db.rbac.denied")).isPositive();
    remove("db");
    Await.untilAsserted(() -> assertThat(exchange(WEB_DB)).isEqualTo("nothing"));
    intentions("*", "[{Name: other, Action: allow}]");
    Await.untilAsserted(() -> {
      assertThat(exchange(WEB_DB)).isEqualTo("nothing");
      assertThat(exchange(OTHER_DB)).isEqualTo("you said hello");
    });
  }

  /** Consul refuses such an entry while it knows that the service speaks TCP; from KV it comes. */
  @Test
  void connectionsHaveNoRequests() {
    CONSUL.putKey(
        "convoy/service-intentions/db",
        "{Sources: [{Name: web, Permissions: [{Action: allow, HTTP: {PathPrefix: /}}]}, {Name: other, Action: allow}]}");
    Await.untilAsserted(() -> {
      assertThat(exchange(OTHER_DB)).isEqualTo("you said hello");
      assertThat(CONVOY.admin("/policies/service-intentions/db").body())
          .contains("speaks tcp, which has no requests");
    });
    assertThat(exchange(WEB_DB)).isEqualTo("nothing");
    CONSUL.deleteKey("convoy/service-intentions/db");
    Await.until(
        "it is gone", () -> CONVOY.admin("/policies/service-intentions/db").status() == 404);
  }

  /** A change reaches new requests and new connections, and touches nothing that is there. */
  @Test
  void aChangeClosesNothing() throws IOException {
    intentions("*", "[{Name: '*', Action: allow}]");
    Await.untilAsserted(() -> {
      expect(WEB_OUT, "GET / 200");
      assertThat(exchange(WEB_DB)).isEqualTo("you said hello");
    });
    List<String> listeners = listeners();
    try (var socket = new EchoSocket.Client(WEB_OUT, "/", "socket");
        var connection = new Socket(InetAddress.getLoopbackAddress(), WEB_DB)) {
      assertThat(socket.send("one")).isEqualTo("one");
      connection.setSoTimeout(20_000);
      var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
      connection.getOutputStream().write("one\n".getBytes(UTF_8));
      assertThat(in.readLine()).isEqualTo("you said one");

      intentions("*", "[{Name: '*', Action: deny}]");
      Await.untilAsserted(() -> {
        expect(WEB_OUT, "GET / 403");
        assertThat(exchange(WEB_DB)).isEqualTo("nothing");
      });
      intentions("socket", "[{Name: web, Permissions: [{Action: allow, HTTP: {PathExact: /no}}]}]");
      assertThat(socket.send("two")).isEqualTo("two");
      connection.getOutputStream().write("two\n".getBytes(UTF_8));
      assertThat(in.readLine()).isEqualTo("you said two");
    }
    assertThat(listeners()).isEqualTo(listeners);
  }

  /** How often listeners were added, changed and drained. */
  private static List<String> listeners() {
    return SIDECARS.stream()
        .flatMap(envoy ->
            envoy
                .admin("/stats?filter=listener_manager")
                .lines()
                .filter(line ->
                    line.matches(
                        "listener_manager[.](lds[.]update_success|listener_(added|modified|removed|in_place_updated)|total_listeners_draining).*")))
        .toList();
  }

  /** One that was never good lets nobody call; what was good stays in force. */
  @Test
  void aDocumentThatCannotBeReadCloses() {
    intentions("*", "[{Name: '*', Action: allow}]");
    remove("api");
    Await.untilAsserted(() -> assertThat(answers(WEB_OUT, "GET / 200")).isEqualTo("GET / 200"));
    CONSUL.putKey("convoy/service-intentions/api", "{Sources: [{Name: web, Action: alow}]}");
    Await.untilAsserted(() -> assertThat(answers(WEB_OUT, "GET / 403")).isEqualTo("GET / 403"));
    Await.untilAsserted(() ->
        assertThat(CONVOY.admin("/policies/service-intentions/api").body())
            .contains(
                "did you mean \\\"allow\\\"?; until this is valid, nobody may call the service"));
    expect(WEB_OUT, "GET / 403");
    CONSUL.putKey("convoy/service-intentions/api", "{Sources: [{Name: web, Action: allow}]}");
    Await.untilAsserted(() -> assertThat(answers(WEB_OUT, "GET / 200")).isEqualTo("GET / 200"));
    CONSUL.putKey("convoy/service-intentions/api", "{Sources: [{Name: web, Action: deny}}");
    Await.untilAsserted(() ->
        assertThat(CONVOY.admin("/policies/service-intentions/api").body())
            .contains("the last good version stays in force"));
    expect(WEB_OUT, "GET / 200");
    CONSUL.deleteKey("convoy/service-intentions/api");
    remove("*");
    Await.untilAsserted(() -> assertThat(answers(WEB_OUT, "GET / 403")).isEqualTo("GET / 403"));
  }

  /** Who comes as he is, where that is permitted, is nobody to judge: Consul does so, too. */
  @Test
  void plainCallsThatArePermittedAreNotJudged() {
    intentions("api", "[{Name: web, Action: deny}]");
    CONSUL.putKey("convoy/service-defaults/api", "{MutualTLSMode: permissive}");
    Await.untilAsserted(() -> assertThat(answers(API, "GET / 200")).isEqualTo("GET / 200"));
    expect(WEB_OUT, "GET / 403");
    CONSUL.deleteKey("convoy/service-defaults/api");
    Await.untilAsserted(() -> assertThat(answers(API, "GET /")).isNotEqualTo("GET / 200"));
  }

  @Test
  void theStatusSaysWhereNobodyEnforcesThem() {
    CONSUL.register("bare", "bare", API_APP.port());
    intentions("bare", "[{Name: web, Action: deny}]");
    intentions("api", "[{Name: web, Action: deny}]");
    Await.untilAsserted(() ->
        assertThat(resolved("bare").path("message").asText())
            .isEqualTo(
                "service \"bare\" has no instance with a sidecar (convoy-app-port): nobody enforces this"));
    assertThat(resolved("api").path("status").asText()).isEqualTo("True");
    CONSUL.register("bare", "bare", API_APP.port(), "convoy-app-port", "1");
    Await.untilAsserted(
        () -> assertThat(resolved("bare").path("status").asText()).isEqualTo("True"));
    remove("bare");
    CONSUL.deregister("bare");
  }

  private static JsonNode resolved(String service) {
    return read(CONVOY.admin("/policies/service-intentions/" + service).body())
        .path("conditions")
        .path(1);
  }

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
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().name("lines").start(() -> answer(socket));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private static void answer(Socket socket) {
    try (socket) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        socket.getOutputStream().write(("you said " + line + "\n").getBytes(UTF_8));
      }
    } catch (IOException e) {
      // The other side is gone.
    }
  }

  private static String exchange(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write("hello\n".getBytes(UTF_8));
      String line =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
      return line == null ? "nothing" : line;
    } catch (IOException e) {
      return "nothing";
    }
  }

  private static EchoSocket socket() {
    return new EchoSocket();
  }
}
