package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.convoy.cli.Cli;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Http;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code explain} says of a request is what a real Envoy does with it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SHOP =
      """
      Hostnames: [shop.test, '*.shop.test']
      Rules:
      - Matches: [{Path: {Match: exact, Value: /user/}, Method: POST}]
        Services: [{Name: order}]
      - Matches: [{Path: {Match: prefix, Value: /user/}, Headers: [{Match: exact, Name: x-beta, Value: 'yes'}]}]
        Services: [{Name: order}]
      - Matches: [{Path: {Match: prefix, Value: /user/}, Query: [{Name: v, Match: regex, Value: '[0-9]+'}]}]
        Filters: {URLRewrite: {Path: /old/}}
        Services: [{Name: order}]
      - Matches: [{Path: {Match: prefix, Value: /user/}}]
        Services: [{Name: user}]
      - Matches: [{Path: {Match: regex, Value: '/[a-f]{2}/.*'}}]
        Services: [{Name: gone}]
      """;

  private ConsulFixture consul;
  private HeaderEcho backend;
  private ControlPlane convoy;
  private Gateway gateway;

  @BeforeAll
  void start() {
    consul = ConsulFixture.start();
    backend = new HeaderEcho();
    consul.register("user", "user-1", backend.port(), "convoy-path", "/meta/");
    consul.register("order", "order-1", backend.port());
    consul.registerWithCheck("gone", "gone-1", backend.port());
    consul.putKey("convoy/http-route/shop", SHOP);
    consul.putKey(
        "convoy/backend-traffic-policy/user-limit",
        "TargetRefs: [{Kind: service, Name: user}]\nRateLimit: {Local: {Rules: [{Limit: {Requests: 1000, Unit: Second}}]}}\n");
    convoy = new ControlPlane(consul.url()).awaitReady();
    gateway = new Gateway(convoy, "gateway", true).awaitReady();
    Await.untilAsserted(
        () -> assertThat(gateway.get("/user/ready", "host", "shop.test").status()).isEqualTo(200));
    Await.untilAsserted(
        () -> assertThat(gateway.get("/ab/", "host", "shop.test").status()).isEqualTo(503));
    Await.untilAsserted(() -> assertThat(gateway.get("/meta/ready").status()).isEqualTo(200));
  }

  @AfterAll
  void stop() {
    gateway.close();
    convoy.close();
    backend.close();
    consul.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, shop.test, /user/, ''",
    "GET, shop.test:8080, /user/, ''",
    "GET, SHOP.test, /user/x, ''",
    "GET, a.shop.test, /user/x, ''",
    "GET, other.test, /user/x, ''",
    "POST, shop.test, /user/, ''",
    "POST, shop.test, /user/a, ''",
    "GET, shop.test, /user/b, x-beta: yes",
    "GET, shop.test, /user/c, x-beta: no",
    "GET, shop.test, /user/d?v=12, ''",
    "GET, shop.test, /user/d?v=x, ''",
    "GET, shop.test, /ab/x, ''",
    "GET, shop.test, /xy/x, ''",
    "GET, shop.test, /meta/x, ''",
    "GET, other.test, /meta/x, ''",
  })
  void isWhatEnvoyDoes(String method, String host, String path, String header) throws IOException {
    String id = method + host + path.replaceAll("[^a-z0-9]", "-") + header.length();
    JsonNode said = explained(method, host, path, header).path("listeners").path(0);
    Http.Response had = send(method, host, path, header, id);

    var log = logged(id);
    assertThat(said.path("route").asText("null")).isEqualTo(log.path("route").asText("null"));
    assertThat(said.path("clusters").path(0).path("cluster").asText("null"))
        .isEqualTo(log.path("upstream_service").asText("null"));
    int status =
        switch (said.path("outcome").asText().split(":", -1)[0]) {
          case "routed" -> 200;
          case "503" -> 503;
          case "404" -> 404;
          default -> -1;
        };
    assertThat(had.status()).isEqualTo(status);
  }

  @Test
  void namesWhatActs() throws IOException {
    JsonNode said = explained("GET", "shop.test", "/user/", "").path("listeners").path(0);
    assertThat(said.at("/policies/0/documents/0").asText())
        .isEqualTo("backend-traffic-policy/user-limit");
    assertThat(said.at("/policies/0/inForce").asBoolean()).isTrue();
    assertThat(said.at("/clusters/0/healthy").asInt()).isEqualTo(1);
    assertThat(said.at("/passedOver").toString())
        .contains("method is not", "POST", "header x-beta is not");
    assertThat(explained("GET", "shop.test", "/user/d?v=1", "").at("/listeners/0/path").asText())
        .isEqualTo("/old/d");
  }

  @Test
  void saysWhatIsMissing() {
    assertThat(convoy.admin("/explain?node=nobody").body()).contains("nobody", "/nodes");
    assertThat(convoy.admin("/explain?path=user").body()).contains("expected one that starts");
    assertThat(convoy.admin("/explain?headers=x").status()).isEqualTo(400);
  }

  @Test
  void isPrinted() {
    Cli.Result result =
        Cli.run(
            "explain",
            "--admin",
            convoy.adminUrl(),
            "--node",
            gateway.id(),
            "-H",
            "x-a: b",
            "http://shop.test/user/7?v=x");
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains(
            "GET shop.test/user/7 at " + gateway.id(),
            ": routed",
            "  route: http-route/shop",
            "  100.0 % to user: 1 healthy, 0 unhealthy, 0 draining",
            "  passes backend-traffic-policy/user-limit (limit-0/",
            "  passed over http-route/shop");
    Cli.Result lost = Cli.run("explain", "--admin", "127.0.0.1:1", "/user/7");
    assertThat(lost.exitCode()).isEqualTo(1);
    assertThat(lost.err()).contains("cannot connect", "--admin URL");
  }

  @Test
  void aDryRunLooksAtTheGroupsThatAreServed() {
    Cli.Result result =
        Cli.run(
            "delete",
            "--dry-run",
            "--consul",
            consul.url(),
            "--admin",
            convoy.adminUrl(),
            "backend-traffic-policy",
            "user-limit");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("gateway:gateway:", "nothing was written");
  }

  private JsonNode explained(String method, String host, String path, String header)
      throws IOException {
    String query =
        "/explain?node=%s&method=%s&host=%s&path=%s&headers=%s"
            .formatted(gateway.id(), method, encoded(host), encoded(path), encoded(header));
    return JSON.readTree(convoy.admin(query).body());
  }

  private Http.Response send(String method, String host, String path, String header, String id) {
    String[] pair = header.split(": ", -1);
    return pair.length == 2
        ? Http.send(method, gateway.url(path), "", "host", host, "user-agent", id, pair[0], pair[1])
        : Http.send(method, gateway.url(path), "", "host", host, "user-agent", id);
  }

  private JsonNode logged(String id) throws IOException {
    Await.until(
        "the request is logged", () -> !gateway.logged("\"user_agent\":\"" + id + "\"").isEmpty());
    return JSON.readTree(gateway.logged("\"user_agent\":\"" + id + "\"").getFirst());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
