package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What an Envoy does with client traffic policies: a gateway with a listener for each, behind which
 * stands a service that says what it got.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientTrafficIT {
  /** By the name of the listener. */
  private static final ImmutableMap<String, String> POLICIES =
      ImmutableMap.<String, String>builder()
          .put("plain", "Path: {}")
          .put(
              "as-sent",
              "Path: {Normalize: false, MergeSlashes: false, EscapedSlashesAction: KeepUnchanged}")
          .put("reject", "Path: {EscapedSlashesAction: RejectRequest}")
          .put("forward", "Path: {EscapedSlashesAction: UnescapeAndForward}")
          .put("large", "Headers: {MaxSizeKiB: 1}")
          .put("many", "Headers: {MaxCount: 5, UnderscoresAction: Allow}")
          .put("drop", "Headers: {UnderscoresAction: DropHeader}")
          .put("header-time", "Timeouts: {RequestHeaders: 100ms}")
          .put("request-time", "Timeouts: {Request: 100ms}")
          .put("stream-idle", "Timeouts: {StreamIdle: 100ms}")
          .put("connection-idle", "Timeouts: {ConnectionIdle: 100ms}")
          .put("duration", "{Timeouts: {MaxConnectionDuration: 100ms}, Drain: {Timeout: 100ms}}")
          .put("one-connection", "Connections: {Max: 1}")
          .put("one-request", "Connections: {MaxRequests: 1}")
          .put("old", "HTTP1: {HTTP10: {DefaultHost: old.test}}")
          .put("old-with-host", "HTTP1: {HTTP10: {}}")
          .put("cased", "HTTP1: {PreserveHeaderCase: true, Trailers: true}")
          .put(
              "windows",
              "HTTP2: {MaxConcurrentStreams: 7, InitialStreamWindowSize: 70000, InitialConnectionWindowSize: 80000}")
          .put("hops", "ClientIPDetection: {XForwardedFor: {NumTrustedHops: 1}}")
          .put("header", "ClientIPDetection: {CustomHeader: {Name: X-Real-IP}}")
          .put(
              "header-or-403",
              "ClientIPDetection: {CustomHeader: {Name: X-Real-IP, FailClosed: true}}")
          .buildOrThrow();

  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int MAX_CONCURRENT_STREAMS = 3;
  private static final int INITIAL_WINDOW_SIZE = 4;

  private final RawService service = new RawService();
  private final Map<String, Integer> ports = new HashMap<>();
  private EnvoyFixture envoy;

  @BeforeAll
  void start() {
    POLICIES.keySet().forEach(name -> ports.put(name, otherPort()));
    var instance =
        new Instance(
            "node",
            "raw",
            "127.0.0.1",
            service.port(),
            ImmutableSortedSet.of(),
            ImmutableSortedMap.of(),
            1,
            Health.PASSING,
            Locality.UNKNOWN,
            1);
    Translation translation =
        new Translator(new NodeGroup(NodeGroup.Role.GATEWAY, "edge", 0))
            .translate(
                Catalog.EMPTY.with(List.of(Service.of("raw", List.of(instance))), List.of()),
                GoldenCase.policies(documents()));
    assertThat(translation.unresolved().asMap()).isEmpty();
    envoy = EnvoyFixture.start(StaticBootstrap.of(translation));
    Await.until("the gateway listens", envoy::isReady);
  }

  private String documents() {
    String listeners =
        POLICIES.keySet().stream()
            .map(name -> "- {Name: %s, Port: %d, Protocol: http}\n".formatted(name, port(name)))
            .collect(Collectors.joining());
    String policies =
        POLICIES.entrySet().stream()
            .map(policy ->
                "---\nKind: client-traffic-policy\nName: %1$s\nTargetRefs: [{Kind: api-gateway, Name: edge, SectionName: %1$s}]\n%2$s\n"
                    .formatted(
                        policy.getKey(),
                        policy.getValue().startsWith("{")
                            ? policy.getValue().replaceAll("^\\{|}$", "").replace("}, ", "}\n")
                            : policy.getValue()))
            .collect(Collectors.joining());
    return """
    Kind: api-gateway
    Name: edge
    Listeners:
    %s---
    Kind: http-route
    Name: all
    Parents: [{Kind: api-gateway, Name: edge}]
    Rules: [{Services: [{Name: raw}]}]
    %s\
    """
        .formatted(listeners, policies);
  }

  @AfterAll
  void stop() throws IOException {
    envoy.close();
    service.close();
  }

  private int otherPort() {
    int port = FreePorts.next();
    while (ports.containsValue(port)) {
      port = FreePorts.next();
    }
    return port;
  }

  private int port(String listener) {
    return Objects.requireNonNull(ports.get(listener));
  }

  private String get(String listener, String path, String... headers) {
    return RawClient.exchange(
        port(listener),
        "GET %s HTTP/1.1\nHost: shop.test\nConnection: close\n%s\n"
            .formatted(
                path,
                List.of(headers).stream().map(line -> line + "\n").collect(Collectors.joining())));
  }

  private static void assertStatus(String answer, int status) {
    assertThat(answer).matches("(?s)HTTP/1[.][01] " + status + " .*");
  }

  @Test
  void pathsArriveAsSentWhereThatIsAsked() {
    assertThat(get("plain", "/a/../b//c")).contains("GET /b/c HTTP/1.1\r\n");
    assertThat(get("as-sent", "/a/../b//c")).contains("GET /a/../b//c HTTP/1.1\r\n");
    assertThat(get("as-sent", "/a%2Fb%5Cc")).contains("GET /a%2Fb%5Cc HTTP/1.1\r\n");
  }

  @Test
  void escapedSlashes() {
    assertStatus(get("plain", "/a%2Fb"), 307);
    assertStatus(get("reject", "/a%2Fb"), 400);
    assertThat(get("forward", "/a%2Fb")).contains("GET /a/b HTTP/1.1\r\n");
  }

  @Test
  void headersAreLimited() {
    String long900 = "x-long: " + "a".repeat(900);
    String long1100 = "x-long: " + "a".repeat(1100);
    assertStatus(get("large", "/", long900), 200);
    assertStatus(get("large", "/", long1100), 431);
    assertStatus(get("plain", "/", long1100), 200);
    assertStatus(get("many", "/", "a: 1", "b: 1", "c: 1"), 200);
    assertStatus(get("many", "/", "a: 1", "b: 1", "c: 1", "d: 1"), 431);
  }

  @Test
  void underscores() {
    assertStatus(get("plain", "/", "a_b: 1"), 400);
    assertThat(get("many", "/", "a_b: 1")).contains("\na_b: 1\r\n");
    assertThat(get("drop", "/", "a_b: 1")).contains("200 OK").doesNotContain("a_b");
  }

  @Test
  void slowRequestsEnd() {
    assertStatus(RawClient.exchange(port("header-time"), "GET / HTTP/1.1\nHost: a\n"), 408);
    String begun = "POST / HTTP/1.1\nHost: a\nContent-Length: 9\n\nbegun";
    assertStatus(RawClient.exchange(port("request-time"), begun), 408);
    assertStatus(RawClient.exchange(port("stream-idle"), begun), 408);
  }

  @Test
  void connectionsEnd() {
    String request = "GET / HTTP/1.1\nHost: a\n\n";
    assertStatus(RawClient.exchange(port("connection-idle"), request), 200);
    assertThat(RawClient.exchange(port("one-request"), request))
        .containsIgnoringCase("connection: close");
    try (var client = new RawClient(port("duration"))) {
      Await.until(
          "the connection has been used for long enough",
          () ->
              client
                  .send(request)
                  .readUntil("\r\n0\r\n\r\n")
                  .toLowerCase(Locale.ROOT)
                  .contains("connection: close"));
      client.readAll();
    }
  }

  @Test
  void connectionsAreLimited() {
    String request = "GET / HTTP/1.1\nHost: a\n\n";
    try (var first = new RawClient(port("one-connection"))) {
      assertStatus(first.send(request).readUntil("\r\n0\r\n\r\n"), 200);
      try (var second = new RawClient(port("one-connection"))) {
        assertThat(second.read(1)).isEmpty();
      }
      assertStatus(first.send(request).readUntil("\r\n0\r\n\r\n"), 200);
    }
    Await.untilAsserted(() -> assertStatus(get("one-connection", "/"), 200));
  }

  @Test
  void oldHttp() {
    assertStatus(RawClient.exchange(port("plain"), "GET / HTTP/1.0\n\n"), 426);
    assertThat(RawClient.exchange(port("old"), "GET / HTTP/1.0\n\n"))
        .contains("200 OK")
        .containsIgnoringCase("\nhost: old.test\r\n");
    assertThat(RawClient.exchange(port("old"), "GET / HTTP/1.0\nHost: a\n\n"))
        .containsIgnoringCase("\nhost: a\r\n");
    assertStatus(RawClient.exchange(port("old-with-host"), "GET / HTTP/1.0\n\n"), 400);
    assertStatus(RawClient.exchange(port("old-with-host"), "GET / HTTP/1.0\nHost: a\n\n"), 200);
  }

  @Test
  void caseOfHeaders() {
    assertThat(get("plain", "/", "X-CaMeL: 1")).contains("\nx-camel: 1\r\n");
    assertThat(get("cased", "/", "X-CaMeL: 1"))
        .contains("\nX-CaMeL: 1\r\n")
        .contains("\nX-CaSe: Kept\r\n");
  }

  @Test
  void trailers() {
    String request =
        """
        POST / HTTP/1.1
        Host: a
        Connection: close
        Transfer-Encoding: chunked

        1
        x
        0
        x-own: of the request

        """;
    assertThat(RawClient.exchange(port("plain"), request)).doesNotContainIgnoringCase("x-own");
    assertThat(RawClient.exchange(port("cased"), request))
        .contains("\r\n0\r\nx-own: of the request\r\n\r\n")
        .containsIgnoringCase("\r\n0\r\nx-trailer: of the response\r\n\r\n");
  }

  /** Looks at the frames that the server begins with. */
  @Test
  void http2() {
    try (var client = new RawClient(port("windows"))) {
      client.send("PRI * HTTP/2.0\n\nSM\n\n").send(new byte[] {0, 0, 0, SETTINGS, 0, 0, 0, 0, 0});
      ByteBuffer settings = frame(client, SETTINGS);
      Map<Integer, Integer> given = new HashMap<>();
      while (settings.hasRemaining()) {
        given.put((int) settings.getShort(), settings.getInt());
      }
      assertThat(given)
          .containsEntry(MAX_CONCURRENT_STREAMS, 7)
          .containsEntry(INITIAL_WINDOW_SIZE, 70_000);
      // Of the connection: by what the window is larger than the protocol's 65535.
      assertThat(frame(client, WINDOW_UPDATE).getInt()).isEqualTo(80_000 - 65_535);
    }
  }

  /** What the next frame of this type holds. */
  private static ByteBuffer frame(RawClient client, int type) {
    while (true) {
      byte[] head = client.read(9);
      assertThat(head).as("the connection has ended").hasSize(9);
      ByteBuffer held = ByteBuffer.wrap(client.read(ByteBuffer.wrap(head).getInt() >>> 8));
      if (head[3] == type) {
        return held;
      }
    }
  }

  @Test
  void whoTheClientIs() {
    assertThat(client("hops", "X-Forwarded-For: 9.9.9.9, 1.2.3.4")).isEqualTo("1.2.3.4");
    assertThat(client("plain", "X-Forwarded-For: 1.2.3.4")).isEqualTo("127.0.0.1");
    assertThat(client("header", "X-Real-IP: 1.2.3.5")).isEqualTo("1.2.3.5");
    assertThat(client("header", "X-Forwarded-For: 1.2.3.4")).isEqualTo("127.0.0.1");
    assertThat(client("header", "X-Real-IP: nobody")).isEqualTo("127.0.0.1");
    assertThat(client("header-or-403", "X-Real-IP: 1.2.3.6")).isEqualTo("1.2.3.6");
    assertStatus(get("header-or-403", "/"), 403);
    assertStatus(get("header-or-403", "/", "X-Real-IP: nobody"), 403);
  }

  @Test
  void aHeaderForTheClientTrustsNoOther() {
    String answer =
        get(
            "header",
            "/",
            "X-Real-IP: 1.2.3.5",
            "X-Forwarded-For: 9.9.9.9",
            "X-Envoy-Retry-On: 5xx");
    assertThat(answer)
        .contains("\nx-forwarded-for: 9.9.9.9,127.0.0.1\r\n")
        .doesNotContainIgnoringCase("x-envoy-retry-on");
  }

  /** Nor does one from a private network or from this machine, such as a load balancer's. */
  @Test
  void noClientIsInternal() {
    for (String listener : List.of("plain", "hops", "header")) {
      assertThat(get(listener, "/", "X-Envoy-Retry-On: 5xx"))
          .contains("200 OK")
          .doesNotContainIgnoringCase("x-envoy-retry-on")
          .doesNotContainIgnoringCase("x-envoy-internal");
    }
  }

  /** As the access log has it, of a request that has the path for itself. */
  private String client(String listener, String header) {
    String path = "/client/" + listener + "/" + header.replaceAll("[^A-Za-z0-9.]", "-");
    assertStatus(get(listener, path, header), 200);
    String found = "\"path\":\"" + path + "\"";
    Await.until("access log of " + path, () -> envoy.accessLog().contains(found));
    String line =
        envoy.accessLog().lines().filter(any -> any.contains(found)).findFirst().orElseThrow();
    return line.replaceAll(".*\"client_ip\":\"([^\"]*)\".*", "$1");
  }
}
