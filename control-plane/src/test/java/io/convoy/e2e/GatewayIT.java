package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Http;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job: what is registered and written in Consul is what a real Envoy does. */
class GatewayIT {
  private static final ConsulFixture CONSUL = ConsulFixture.start();
  private static final ControlPlane CONVOY = new ControlPlane(CONSUL.url()).awaitReady();
  private static final Backend USER_1 = new Backend("user-1");
  private static final Backend USER_2 = new Backend("user-2");
  private static final Backend ORDER_1 = new Backend("order-1");

  @BeforeAll
  static void registerServices() {
    CONSUL.register(
        "order", "order-1", ORDER_1.port(), "convoy-path", "/order/", "convoy-strip", "true");
  }

  @AfterAll
  static void endAll() {
    List.of(CONVOY, USER_1, USER_2, ORDER_1).forEach(GatewayIT::close);
    CONSUL.close();
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void removeWhatTheTestAdded() {
    List.of("user-1", "user-2").forEach(id -> quietly(() -> CONSUL.deregister(id)));
    List.of("convoy/http-route/shop", "convoy/api-gateway/edge", "convoy/http-route/edge-only")
        .forEach(key -> quietly(() -> CONSUL.deleteKey(key)));
  }

  private static void quietly(Runnable cleanUp) {
    try {
      cleanUp.run();
    } catch (RuntimeException e) {
      // It was not there.
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsRegisteredIsRouted(boolean delta) {
    try (Gateway gateway = new Gateway(CONVOY, "gateway", delta).awaitReady()) {
      gateway.awaitBackend("/order/x?y=1", "order-1");
      assertThat(gateway.get("/order/x?y=1").body()).isEqualTo("order-1 /x?y=1");

      CONSUL.register("user", "user-1", USER_1.port(), "convoy-path", "/user/");
      gateway.awaitBackend("/user/a", "user-1");
      Await.untilAsserted(
          () -> assertThat(gateway.get("/user/a").body()).isEqualTo("user-1 /user/a"));

      CONSUL.register("user", "user-2", USER_2.port(), "convoy-path", "/user/");
      gateway.awaitBackend("/user/a", "user-2");

      CONSUL.deregister("user-1");
      Await.untilAsserted(() ->
          assertThat(
                  IntStream.range(0, 20).mapToObj(_ -> gateway.get("/user/a").header("x-backend")))
              .containsOnly("user-2"));
    }
  }

  @Test
  void anInstanceThatTurnsCriticalGetsNoTraffic() {
    CONSUL.registerWithCheck("user", "user-1", USER_1.port(), "convoy-path", "/user/");
    CONSUL.registerWithCheck("user", "user-2", USER_2.port(), "convoy-path", "/user/");
    CONSUL.api().report("check-user-1", "pass");
    CONSUL.api().report("check-user-2", "pass");
    try (Gateway gateway = new Gateway(CONVOY, "gateway", true).awaitReady()) {
      gateway.awaitBackend("/user/a", "user-1");
      gateway.awaitBackend("/user/a", "user-2");

      CONSUL.api().report("check-user-1", "fail");
      Await.untilAsserted(() ->
          assertThat(
                  IntStream.range(0, 20).mapToObj(_ -> gateway.get("/user/a").header("x-backend")))
              .containsOnly("user-2"));

      CONSUL.api().report("check-user-2", "fail");
      Await.untilAsserted(() -> assertThat(gateway.get("/user/a").status()).isEqualTo(503));
      Await.until(
          "flag UH in the access log",
          () -> !gateway.logged("\"/user/a\"", "503", "\"UH\"").isEmpty());
    }
  }

  @Test
  void theCatalogSaysWhichHintsHaveNoEffect() {
    CONSUL.register("user", "user-1", USER_1.port(), "convoy-path", "/user/");
    Await.untilAsserted(() -> assertThat(CONVOY.admin("/catalog").body()).contains("\"user-1\""));
    CONSUL.register("user", "user-2", USER_2.port(), "convoy-path", "/people/");
    try (Gateway gateway = new Gateway(CONVOY, "gateway", true).awaitReady()) {
      gateway.awaitBackend("/user/a", "user-2");
      Await.untilAsserted(() ->
          assertThat(CONVOY.admin("/catalog").body())
              .contains("instance \\\"user-2\\\" has {convoy-path=/people/}", "and counts"));
    }
  }

  @Test
  void anUnknownPathOrHostIsNotFound() {
    CONSUL.putKey(
        "convoy/http-route/shop",
        """
        Kind: http-route
        Name: shop
        Hostnames: [shop.test]
        Rules:
        - Matches: [{Path: {Match: prefix, Value: /shop-only/}}]
          Services: [{Name: order}]
        """);
    try (Gateway gateway = new Gateway(CONVOY, "gateway", true).awaitReady()) {
      gateway.awaitBackend("/shop-only/", "order-1", "host", "shop.test");
      assertThat(gateway.get("/shop-only/", "host", "other.test").status()).isEqualTo(404);
      assertThat(gateway.get("/nowhere").status()).isEqualTo(404);
      Await.until(
          "flag NR in the access log",
          () -> !gateway.logged("\"/nowhere\"", "404", "\"NR\"").isEmpty());
    }
  }

  @Test
  void aBrokenDocumentIsRefusedAloneAndItsLastGoodVersionStays() {
    CONSUL.putKey("convoy/http-route/shop", route("/shop/", "order"));
    try (Gateway gateway = new Gateway(CONVOY, "gateway", true).awaitReady()) {
      gateway.awaitBackend("/shop/", "order-1");
      CONSUL.putKey("convoy/http-route/shop", "Kind: http-route\nRules: [{Matches: 7}]\n");
      Await.untilAsserted(() ->
          assertThat(CONVOY.admin("/policies/http-route/shop").body())
              .contains("\"Accepted\"", "\"False\"", "Rules[0].Matches"));
      assertThat(gateway.get("/shop/").status()).isEqualTo(200);

      CONSUL.putKey("convoy/http-route/edge-only", route("/other/", "order"));
      gateway.awaitBackend("/other/", "order-1");
    }
  }

  @Test
  void aDocumentIsProgrammedWhenEveryGatewayHasAcknowledgedIt() {
    try (Gateway one = new Gateway(CONVOY, "gateway", true).awaitReady();
        Gateway two = new Gateway(CONVOY, "gateway", false).awaitReady()) {
      CONSUL.putKey("convoy/http-route/shop", route("/shop/", "order"));
      one.awaitBackend("/shop/", "order-1");
      two.awaitBackend("/shop/", "order-1");
      Await.untilAsserted(() ->
          assertThat(CONVOY.admin("/policies/http-route/shop").body().replaceAll("\\s", ""))
              .contains("\"programmed\":{\"acked\":2,\"total\":2}"));
    }
  }

  @Test
  void gatewaysOfDifferentNamesAreToldDifferentThings() {
    int port = io.convoy.cli.local.FreePorts.next();
    CONSUL.putKey(
        "convoy/api-gateway/edge",
        "Kind: api-gateway\nName: edge\nListeners: [{Name: web, Port: %d, Protocol: http}]\n"
            .formatted(port));
    CONSUL.putKey(
        "convoy/http-route/edge-only",
        "Parents: [{Kind: api-gateway, Name: edge}]\n" + route("/edge/", "order"));
    try (Gateway gateway = new Gateway(CONVOY, "gateway", true).awaitReady();
        Gateway edge = new Gateway(CONVOY, "edge", true).awaitReady()) {
      edge.awaitBackend("/edge/", "order-1");
      assertThat(edge.get("/order/").status()).isEqualTo(404);
      gateway.awaitBackend("/order/", "order-1");
      assertThat(gateway.get("/edge/").status()).isEqualTo(404);
    }
  }

  @Test
  void trafficGoesOnThroughEveryChangeAndARestart() {
    CONSUL.register("user", "user-1", USER_1.port(), "convoy-path", "/user/");
    try (ControlPlane convoy = new ControlPlane(CONSUL.url()).awaitReady();
        Gateway delta = new Gateway(convoy, "gateway", true).awaitReady();
        Gateway sotw = new Gateway(convoy, "gateway", false).awaitReady()) {
      delta.awaitBackend("/user/", "user-1");
      sotw.awaitBackend("/user/", "user-1");
      try (Traffic traffic =
          new Traffic(200, delta.url("/user/"), sotw.url("/user/"), delta.url("/order/"))) {
        for (int round = 0; round < 4; round++) {
          CONSUL.register("user", "user-2", USER_2.port(), "convoy-path", "/user/");
          int before = USER_2.requests();
          Await.until("user-2 gets traffic", () -> USER_2.requests() > before);
          CONSUL.putKey("convoy/http-route/shop", route("/shop/", "order"));
          delta.awaitBackend("/shop/", "order-1");
          traffic.await(100);
          CONSUL.deregister("user-2");
          CONSUL.deleteKey("convoy/http-route/shop");
          traffic.await(100);
          if (round == 1) {
            convoy.restart();
          }
        }
        assertThat(traffic.failures()).isEmpty();
        assertThat(traffic.answered()).isGreaterThan(700);
      }
    }
  }

  @Test
  void theAdminShowsWhatAnEnvoyIsTold() {
    try (Gateway gateway = new Gateway(CONVOY, "gateway", true).awaitReady()) {
      gateway.awaitBackend("/order/", "order-1");
      assertThat(CONVOY.admin("/snapshots").body()).contains("gateway:gateway:");
      String group =
          CONVOY.admin("/nodes").body().replaceAll("(?s).*\"group\"\\s*:\\s*\"([^\"]+)\".*", "$1");
      assertThat(CONVOY.admin("/snapshots/" + group).body()).contains("\"order\"", "\"clusters\"");
      Http.Response cluster = CONVOY.admin("/snapshots/" + group + "/clusters/order");
      assertThat(cluster.status()).isEqualTo(200);
      assertThat(cluster.body()).contains("\"type\": \"EDS\"");
      assertThat(CONVOY.admin("/snapshots/" + group + "/clusters/none").status()).isEqualTo(404);
      assertThat(CONVOY.admin("/catalog").body()).contains("\"order-1\"");
      assertThat(CONVOY.admin("/metrics").body())
          .contains("convoy_snapshot_publishes")
          .containsPattern("convoy_change_ack_latency_seconds_count\\{type=\"routes\"} [1-9]");
      assertThat(CONVOY.admin("/healthz").status()).isEqualTo(200);
      assertThat(CONVOY.admin("/").body()).contains("<title>Convoy</title>");
    }
  }

  private static String route(String prefix, String service) {
    return """
    Kind: http-route
    Rules:
    - Matches: [{Path: {Match: prefix, Value: %s}}]
      Services: [{Name: %s}]
    """
        .formatted(prefix, service);
  }
}
