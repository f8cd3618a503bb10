package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import io.convoy.fixture.Http;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What an Envoy does with a translation, its resources inlined. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayIT {
  private static final String DOCUMENTS =
      """
      Kind: http-route
      Name: shop
      Hostnames: [shop.test]
      Rules:
      - {Matches: [{Path: {Match: prefix, Value: /own/}}], Services: [{Name: user}]}
      - {Matches: [{Path: {Match: prefix, Value: /missing/}}], Services: [{Name: missing}]}
      - {Matches: [{Path: {Match: prefix, Value: /critical/}}], Services: [{Name: critical}]}
      - {Matches: [{Path: {Match: prefix, Value: /refused/}}], Services: [{Name: half-refused}]}
      - {Matches: [{Path: {Match: prefix, Value: /failover/}}], Services: [{Name: failing}]}
      - {Matches: [{Path: {Match: prefix, Value: /secret/}}], Services: [{Name: order}]}
      - Matches: [{Path: {Match: prefix, Value: /filters/}}]
        Filters: {Headers: [{Add: {x-add: added}, Set: {x-set: "100%%"}, Remove: [x-gone]}]}
        ResponseFilters: {Headers: [{Set: {x-response: "%PROTOCOL%"}, Remove: [x-powered-by]}]}
        Services: [{Name: user}]
      ---
      Kind: service-resolver
      Name: failing
      Failover: {"*": {Service: order}}
      ---
      Kind: service-router
      Name: routed
      Routes:
      - {Match: {HTTP: {PathPrefix: /admin/}}, Destination: {Service: order, PrefixRewrite: /}}
      - {Match: {HTTP: {PathRegex: "/v[0-9]/.*"}}, Destination: {Service: order}}
      - Match: {HTTP: {Header: [{Name: x-keep, Exact: "yes", Invert: true}]}}
        Destination: {Service: order}
      """;

  private final EchoService user = new EchoService("user");
  private final EchoService order = new EchoService("order");
  private final int port = FreePorts.next();
  private EnvoyFixture envoy;

  @BeforeAll
  void start() {
    envoy = start(port, DOCUMENTS);
  }

  @AfterAll
  void stop() {
    envoy.close();
    user.close();
    order.close();
  }

  private EnvoyFixture start(int port, String documents) {
    Catalog catalog =
        Catalog.EMPTY.with(
            List.of(
                service("user", instance(user.port(), Health.PASSING, "/user/")),
                service("order", instance(order.port(), Health.WARNING, "")),
                service("routed", instance(user.port(), Health.PASSING, "/routed/")),
                service("cart", instance(user.port(), Health.PASSING, "/cart")),
                service("critical", instance(user.port(), Health.CRITICAL, "")),
                service("failing", instance(user.port(), Health.CRITICAL, "")),
                service(
                    "half-refused",
                    instance(FreePorts.next(), Health.PASSING, ""),
                    instance(user.port(), Health.PASSING, ""))),
            List.of());
    Translation translation =
        new Translator(new NodeGroup(NodeGroup.Role.GATEWAY, "gateway", port))
            .translate(catalog, GoldenCase.policies(documents));
    var started = EnvoyFixture.start(StaticBootstrap.of(translation));
    Await.until("the gateway listens", started::isReady);
    return started;
  }

  private static Service service(String name, Instance... instances) {
    return Service.of(name, List.of(instances));
  }

  private static Instance instance(int port, Health health, String path) {
    Map<String, String> meta =
        path.isEmpty() ? Map.of() : Map.of("convoy-path", path, "convoy-strip", "true");
    return new Instance(
        "node",
        "instance-" + port,
        "127.0.0.1",
        port,
        ImmutableSortedSet.of(),
        ImmutableSortedMap.copyOf(meta),
        1,
        health,
        Locality.UNKNOWN,
        1);
  }

  private Http.Response get(String path, String... headers) {
    return Http.get("http://127.0.0.1:" + port + path, headers);
  }

  private Http.Response shop(String path) {
    return get(path, "host", "shop.test");
  }

  /** The line of a request with this path, which must be valid JSON as every line. */
  private JsonNode log(String path) {
    return log(envoy, path);
  }

  private static JsonNode log(EnvoyFixture envoy, String path) {
    Await.until("access log of " + path, () -> find(envoy, path).isPresent());
    return find(envoy, path).orElseThrow();
  }

  private static Optional<JsonNode> find(EnvoyFixture envoy, String path) {
    var json = new ObjectMapper();
    String log = envoy.accessLog();
    return log.substring(0, log.lastIndexOf('\n') + 1)
        .lines()
        .map(line -> {
          try {
            return json.readTree(line);
          } catch (IOException e) {
            throw new AssertionError("not JSON: " + line, e);
          }
        })
        .filter(line -> line.path("path").asText().equals(path))
        .findFirst();
  }

  @Test
  void unknownPathsAndHostsAre404() {
    assertThat(get("/unknown-path").status()).isEqualTo(404);
    assertThat(log("/unknown-path").get("flags").asText()).isEqualTo("NR");
    assertThat(get("/own/unknown-host").status()).isEqualTo(404);
    assertThat(log("/own/unknown-host").get("flags").asText()).isEqualTo("NR");
    assertThat(log("/own/unknown-host").get("upstream_service").isNull()).isTrue();
  }

  @Test
  void servicesWithoutHealthyInstancesAre503() {
    assertThat(shop("/missing/a").status()).isEqualTo(503);
    assertThat(log("/missing/a").get("flags").asText()).isEqualTo("UH");
    assertThat(shop("/critical/a").status()).isEqualTo(503);
    assertThat(log("/critical/a").get("flags").asText()).isEqualTo("UH");
    assertThat(log("/critical/a").get("upstream_service").asText()).isEqualTo("critical");
  }

  @Test
  void accessLogHasItsFields() {
    var response =
        get("/user/log?token=secret", "host", "any.test", "user-agent", "a \"quoted\"\tagent");
    JsonNode line = log("/user/log");
    assertThat(line.get("status").isNumber()).isTrue();
    assertThat(line.get("status").asInt()).isEqualTo(200);
    assertThat(line.get("method").asText()).isEqualTo("GET");
    assertThat(line.get("protocol").asText()).isEqualTo("HTTP/1.1");
    assertThat(line.get("flags").asText()).isEqualTo("-");
    assertThat(line.get("details").asText()).isEqualTo("via_upstream");
    assertThat(line.get("duration_ms").isNumber()).isTrue();
    assertThat(line.get("bytes").asInt()).isEqualTo(response.body().length());
    assertThat(line.get("host").asText()).isEqualTo("any.test");
    assertThat(line.get("client_ip").asText()).isEqualTo("127.0.0.1");
    assertThat(line.get("upstream_service").asText()).isEqualTo("user");
    assertThat(line.get("upstream_host").asText()).isEqualTo("127.0.0.1:" + user.port());
    assertThat(line.get("route").asText()).isEqualTo("service/user");
    assertThat(line.get("request_id").asText()).isEqualTo(response.header("x-request-id"));
    assertThat(line.get("user").isNull()).isTrue();
    assertThat(line.get("user_agent").asText()).isEqualTo("a \"quoted\"\tagent");
    assertThat(line.get("time").asText()).matches("[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z");
    assertThat(envoy.accessLog()).doesNotContain("token=secret");
  }

  @Test
  void headersAreTheGatewaysOwn() {
    var response =
        get(
            "/user/headers",
            "host",
            "any.test:" + port,
            "x-forwarded-for",
            "1.2.3.4",
            "x-forwarded-proto",
            "https",
            "x-forwarded-host",
            "forged.test",
            "x-forwarded-port",
            "1",
            "forwarded",
            "for=1.2.3.4",
            "x-request-id",
            "forged",
            "x-envoy-retry-on",
            "5xx",
            "x-envoy-upstream-rq-timeout-ms",
            "1");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body().lines())
        .contains(
            "host: any.test:" + port,
            "x-forwarded-proto: http",
            "x-forwarded-host: any.test:" + port,
            "x-forwarded-port: " + port)
        .noneMatch(line -> line.startsWith("forwarded:"))
        .anyMatch(line -> line.matches("x-forwarded-for: 1\\.2\\.3\\.4,[0-9.]+"))
        .noneMatch(line -> line.startsWith("x-envoy-retry-on"))
        .noneMatch(line -> line.startsWith("x-envoy-upstream-rq-timeout-ms"))
        .doesNotContain("x-request-id: forged");
    assertThat(response.header("x-request-id")).isNotEmpty().isNotEqualTo("forged");
    assertThat(response.header("server")).isEmpty();
    assertThat(response.headers().map().keySet())
        .noneMatch(name -> name.startsWith("x-envoy-") || name.startsWith("x-convoy-"));
  }

  @Test
  void pathsAreNormalBeforeTheyAreMatched() {
    assertThat(shop("/own/../secret/x").body()).startsWith("order\nGET /secret/x\n");
    assertThat(shop("//own///a").body()).startsWith("user\nGET /own/a\n");
    var redirect = shop("/own/%2e%2e%2fsecret/x");
    assertThat(redirect.status()).isEqualTo(307);
    assertThat(redirect.header("location")).endsWith("/secret/x");
    assertThat(get("/user/a", "x_forwarded_for", "1.2.3.4").status()).isEqualTo(400);
  }

  @Test
  void prefixesAreStripped() {
    assertThat(get("/user/a/b?c=d").body()).startsWith("user\nGET /a/b?c=d\n");
    assertThat(get("/user/").body()).startsWith("user\nGET /\n");
    assertThat(get("/user").status()).isEqualTo(404);
    assertThat(get("/cart/a").body()).startsWith("user\nGET /a\n");
    assertThat(get("/cart").body()).startsWith("user\nGET /\n");
    assertThat(get("/cart?a=b").body()).startsWith("user\nGET /?a=b\n");
    // Routes for every host serve the hosts that have routes of their own, too.
    assertThat(get("/user/a", "host", "shop.test:" + port).body()).startsWith("user\nGET /a\n");
  }

  @Test
  void routersSeeWhatTheServiceWouldSee() {
    assertThat(get("/routed/admin/x", "x-keep", "yes").body()).startsWith("order\nGET /x\n");
    assertThat(get("/routed/v1/x?q", "x-keep", "yes").body()).startsWith("order\nGET /v1/x?q\n");
    assertThat(get("/routed/x", "x-keep", "yes").body()).startsWith("user\nGET /x\n");
    assertThat(get("/routed/x", "x-keep", "no").body()).startsWith("order\nGET /x\n");
    assertThat(get("/routed/x").body()).startsWith("order\nGET /x\n");
  }

  @Test
  void headersOfRoutes() {
    var response = get("/filters/", "host", "shop.test", "x-set", "before", "x-gone", "1");
    assertThat(response.body().lines())
        .contains("x-add: added", "x-set: 100%")
        .noneMatch(line -> line.startsWith("x-gone"));
    assertThat(response.header("x-response")).isEqualTo("HTTP/1.1");
    assertThat(response.header("x-powered-by")).isEmpty();
    assertThat(shop("/own/").header("x-powered-by")).isEqualTo("echo");
  }

  @Test
  void refusedConnectionsAreTriedElsewhere() {
    Set<Integer> statuses = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      statuses.add(shop("/refused/" + i).status());
    }
    assertThat(statuses).containsExactly(200);
  }

  @Test
  void failsOver() {
    assertThat(shop("/failover/a").body()).startsWith("order\n");
  }

  @Test
  void trustedHopsSayWhoTheClientIs() {
    int ownPort = FreePorts.next();
    String policy =
        """
        Kind: client-traffic-policy
        Name: edge
        TargetRefs: [{Kind: api-gateway, Name: gateway}]
        ClientIPDetection: {XForwardedFor: {NumTrustedHops: 1}}
        """;
    try (var own = start(ownPort, policy)) {
      String url = "http://127.0.0.1:" + ownPort;
      var response =
          Http.get(
              url + "/user/hops",
              "x-forwarded-for",
              "9.9.9.9, 1.2.3.4",
              "x-forwarded-proto",
              "https",
              "x-forwarded-host",
              "outside.test",
              "x-request-id",
              "from-outside");
      assertThat(response.body().lines())
          .contains(
              "x-forwarded-proto: https",
              "x-forwarded-host: outside.test",
              "x-request-id: from-outside")
          .anyMatch(line -> line.startsWith("x-forwarded-for: 9.9.9.9, 1.2.3.4,"));
      assertThat(log(own, "/user/hops").get("client_ip").asText()).isEqualTo("1.2.3.4");
    }
  }

  @Test
  void trustedRangesSayWhoTheClientIs() {
    int ownPort = FreePorts.next();
    String policy =
        """
        Kind: client-traffic-policy
        Name: edge
        TargetRefs: [{Kind: api-gateway, Name: gateway}]
        ClientIPDetection: {XForwardedFor: {TrustedCIDRs: [127.0.0.0/8, 10.0.0.0/8]}}
        """;
    try (var own = start(ownPort, policy)) {
      String url = "http://127.0.0.1:" + ownPort;
      var response =
          Http.get(
              url + "/user/ranges",
              "x-forwarded-for",
              "9.9.9.9, 1.2.3.4, 10.1.1.1",
              "x-envoy-retry-on",
              "5xx");
      assertThat(response.body().lines())
          // Envoy writes its own address in place of a peer on the loopback interface.
          .anyMatch(line -> line.startsWith("x-forwarded-for: 9.9.9.9, 1.2.3.4, 10.1.1.1,"))
          .noneMatch(line -> line.startsWith("x-envoy-retry-on"));
      assertThat(log(own, "/user/ranges").get("client_ip").asText()).isEqualTo("1.2.3.4");
    }
  }
}
