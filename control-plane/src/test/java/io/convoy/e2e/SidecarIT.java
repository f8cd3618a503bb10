package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import io.convoy.fixture.SigningKey;
import io.grpc.Metadata;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Services that call each other through their sidecars, and a gateway in front: order declares what
 * it calls.
 */
class SidecarIT {
  /** A port is free until an Envoy has it: none must be given twice until then. */
  private static final Set<Integer> GIVEN = new HashSet<>();

  private static final int ORDER_OUT = freePort();
  private static final int ORDER_DB = freePort();

  private static final ConsulFixture CONSUL = ConsulFixture.start();
  private static final ControlPlane CONVOY = new ControlPlane(CONSUL.url());
  private static final HeaderEcho USER_APP = new HeaderEcho();
  private static final Backend ORDER_APP = new Backend("order");
  private static final Backend PLAIN_APP = new Backend("plain");
  private static final GrpcBackend GRPC_APP = new GrpcBackend("grpc-1");
  private static final SigningKey KEY = new SigningKey(SigningKey.Type.ES256, "key");
  private static final ServerSocket LINES = lines();

  private static final int USER = freePort();
  private static final int ORDER = freePort();
  private static final int RPC = freePort();
  private static final int DB = freePort();
  private static final int SOCKET = freePort();

  private static final List<EnvoyFixture> SIDECARS =
      List.of(
          CONVOY.sidecar("user", USER),
          CONVOY.sidecar("order", ORDER),
          CONVOY.sidecar("rpc", RPC),
          CONVOY.sidecar("db", DB),
          CONVOY.sidecar("socket", SOCKET));
  private static final Gateway GATEWAY = new Gateway(CONVOY, "gateway", true);

  private static int freePort() {
    int port = FreePorts.next();
    return GIVEN.add(port) ? port : freePort();
  }

  private static void register(String service, int port, int appPort, String... more) {
    var meta = new java.util.ArrayList<>(List.of("convoy-app-port", String.valueOf(appPort)));
    meta.addAll(List.of(more));
    CONSUL.register(service, service, port, meta.toArray(String[]::new));
  }

  private static String outboundPort() {
    return String.valueOf(freePort());
  }

  @BeforeAll
  static void startAll() {
    CONSUL.putKey("convoy/service-defaults/rpc", "{Protocol: grpc}");
    CONSUL.putKey("convoy/service-defaults/db", "{Protocol: tcp}");
    // A test calls it past everybody's sidecar.
    CONSUL.putKey("convoy/service-defaults/user", "{MutualTLSMode: permissive}");
    register(
        "order",
        ORDER,
        ORDER_APP.port(),
        "convoy-path",
        "/order/",
        "convoy-outbound-port",
        String.valueOf(ORDER_OUT),
        "convoy-upstreams",
        "user,rpc,socket,db:" + ORDER_DB);
    register(
        "user",
        USER,
        USER_APP.port(),
        "convoy-path",
        "/user/",
        "convoy-check-path",
        "/health",
        "convoy-outbound-port",
        outboundPort());
    register("rpc", RPC, GRPC_APP.port(), "convoy-outbound-port", outboundPort());
    register("db", DB, LINES.getLocalPort(), "convoy-outbound-port", outboundPort());
    register("socket", SOCKET, LINES.getLocalPort(), "convoy-outbound-port", outboundPort());
    CONSUL.register("plain", "plain", PLAIN_APP.port(), "convoy-path", "/plain/");
    CONVOY.awaitReady();
    GATEWAY.awaitReady();
    SIDECARS.forEach(envoy -> Await.until("a sidecar is ready", envoy::isReady));
    Await.untilAsserted(() -> assertThat(call("user", "/").status()).isEqualTo(200));
  }

  @AfterAll
  static void endAll() throws IOException {
    GATEWAY.close();
    SIDECARS.forEach(EnvoyFixture::close);
    CONVOY.close();
    LINES.close();
    GRPC_APP.close();
    PLAIN_APP.close();
    ORDER_APP.close();
    USER_APP.close();
    CONSUL.close();
  }

  /** As order's application calls. */
  private static Http.Response call(String host, String path, String... headers) {
    var all = new java.util.ArrayList<>(List.of(headers));
    all.addAll(List.of("host", host));
    return Http.get("http://127.0.0.1:" + ORDER_OUT + path, all.toArray(String[]::new));
  }

  /** What user's sidecar has let in. */
  private static long arrived() {
    return SIDECARS.getFirst().stat("http.inbound-" + USER + ".downstream_rq_2xx");
  }

  @Test
  void aServiceIsCalledThroughBothSidecarsByEachOfItsNames() {
    for (String host : List.of("user", "user.service.consul", "USER.virtual.consul:15001")) {
      long before = arrived();
      assertThat(call(host, "/a").status()).as(host).isEqualTo(200);
      Await.until("user's sidecar counts", () -> arrived() > before);
    }
    assertThat(GATEWAY.get("/user/a").status()).isEqualTo(200);
    assertThat(GATEWAY.get("/order/a").body()).startsWith("order ");
  }

  @Test
  void onlyWhatIsDeclaredIsReached() {
    assertThat(call("plain", "/").status()).isEqualTo(404);
    assertThat(SIDECARS.get(1).admin("/clusters")).contains("user::").doesNotContain("plain::");
    Await.untilAsserted(() -> assertThat(GATEWAY.get("/plain/").status()).isEqualTo(200));
  }

  @Test
  void tcpPassesAsItIs() throws IOException {
    Await.until("an answer", () -> exchange(ORDER_DB, "hello\n").equals("you said hello"));
  }

  private static String exchange(int port, String text) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(text.getBytes(UTF_8));
      return String.valueOf(
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine());
    } catch (IOException e) {
      return "nothing: " + e;
    }
  }

  @Test
  void webSocketsPass() throws IOException {
    Await.until("the socket's sidecar", () -> call("socket", "/").status() == 200);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), ORDER_OUT)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: socket\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                  .getBytes(UTF_8));
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      assertThat(in.readLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
      String line = in.readLine();
      while (!line.isEmpty()) {
        line = in.readLine();
      }
      socket.getOutputStream().write("ping\n".getBytes(UTF_8));
      assertThat(in.readLine()).isEqualTo("you said ping");
    }
  }

  @Test
  void grpcPasses() {
    var headers = new AtomicReference<Metadata>();
    var channel =
        NettyChannelBuilder.forAddress("127.0.0.1", ORDER_OUT)
            .overrideAuthority("rpc")
            .usePlaintext()
            .build();
    try {
      Await.untilAsserted(() -> {
        HealthGrpc.newBlockingStub(channel)
            .withInterceptors(
                MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
            .check(HealthCheckRequest.getDefaultInstance());
        assertThat(headers.get().get(GrpcBackend.INSTANCE)).isEqualTo("grpc-1");
      });
    } finally {
      channel.shutdownNow();
    }
  }

  /** Once: the token is still there for the sidecar, which takes it off. */
  @Test
  void tokensAndLimitsActAtTheSidecarOfTheService() {
    CONSUL.putKey(
        "convoy/jwt-provider/okta",
        "{Issuer: \"https://okta.test\", JSONWebKeySet: {Local: {JWKS: %s}}}"
            .formatted(Base64.getEncoder().encodeToString(SigningKey.keySet(KEY).getBytes(UTF_8))));
    CONSUL.putKey(
        "convoy/security-policy/user",
        "{TargetRefs: [{Kind: service, Name: user}], JWT: {Providers: [okta], ClaimToHeaders: [{Claim: sub, Header: x-user-id}]}}");
    CONSUL.putKey(
        "convoy/backend-traffic-policy/user",
        "{TargetRefs: [{Kind: service, Name: user}], RateLimit: {Local: {Rules: [{Limit: {Requests: 5, Unit: Hour},"
            + " Selectors: [{Header: {Name: x-limited, Distinct: true}}]}]}}}");
    try {
      String token = "Bearer " + KEY.token(claims());
      Await.untilAsserted(() -> assertThat(direct("/").status()).isEqualTo(401));
      Await.untilAsserted(() ->
          assertThat(
                  direct("/", "authorization", token, "x-limited", "try")
                      .header("x-ratelimit-limit"))
              .isNotEmpty());
      assertThat(call("user", "/").status()).isEqualTo(401);
      assertThat(GATEWAY.get("/user/").status()).isEqualTo(401);
      assertThat(direct("/health").status()).isEqualTo(200);
      Http.Response answer = call("user", "/", "authorization", token, "x-user-id", "mallory");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body())
          .contains("x-user-id: alice\n")
          .doesNotContain("mallory", "x-convoy", "authorization");
      // Five for all ways to user together: one bucket, at its sidecar.
      for (int i = 0; i < 5; i++) {
        Http.Response counted =
            i % 2 == 0
                ? call("user", "/", "authorization", token, "x-limited", "bob")
                : GATEWAY.get("/user/", "authorization", token, "x-limited", "bob");
        assertThat(counted.status()).isEqualTo(200);
      }
      assertThat(call("user", "/", "authorization", token, "x-limited", "bob").status())
          .isEqualTo(429);
      assertThat(GATEWAY.get("/user/", "authorization", token, "x-limited", "bob").status())
          .isEqualTo(429);
    } finally {
      CONSUL.deleteKey("convoy/security-policy/user");
      CONSUL.deleteKey("convoy/backend-traffic-policy/user");
      CONSUL.deleteKey("convoy/jwt-provider/okta");
    }
    Await.untilAsserted(() -> assertThat(call("user", "/").status()).isEqualTo(200));
  }

  /** At user's sidecar, past everybody else's. */
  private static Http.Response direct(String path, String... headers) {
    return Http.get("http://127.0.0.1:" + USER + path, headers);
  }

  private static Map<String, Object> claims() {
    long now = Instant.now().getEpochSecond();
    return new TreeMap<>(
        Map.of("iss", "https://okta.test", "sub", "alice", "iat", now, "exp", now + 3600));
  }

  /** An application that answers lines, and HTTP as far as these tests need it. */
  private static ServerSocket lines() {
    try {
      var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().name("lines").start(() -> serve(server));
      return server;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
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
      String line = in.readLine();
      boolean http = line != null && line.startsWith("GET ");
      boolean upgrade = false;
      while (http && !line.isEmpty()) {
        upgrade |= line.equalsIgnoreCase("upgrade: websocket");
        line = String.valueOf(in.readLine());
      }
      if (http) {
        String status =
            upgrade
                ? "101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket"
                : "200 OK\r\nConnection: close\r\nContent-Length: 0";
        socket.getOutputStream().write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(UTF_8));
        line = upgrade ? in.readLine() : null;
      }
      while (line != null) {
        socket.getOutputStream().write(("you said " + line + "\n").getBytes(UTF_8));
        line = in.readLine();
      }
    } catch (IOException e) {
      // The other side has gone.
    }
  }
}
