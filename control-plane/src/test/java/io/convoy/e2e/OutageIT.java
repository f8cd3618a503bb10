package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consul is away: at the start, in the middle, or answers with something else. */
class OutageIT {

  @Test
  void withoutConsulConvoyWaitsAndSaysSo() {
    int port = FreePorts.next();
    try (ControlPlane convoy = new ControlPlane("http://127.0.0.1:" + port);
        Backend user = new Backend("user-1")) {
      Await.untilAsserted(() -> {
        assertThat(convoy.admin("/readyz").status()).isEqualTo(503);
        assertThat(convoy.admin("/readyz").body()).contains("127.0.0.1:" + port);
      });
      try (Gateway gateway = new Gateway(convoy, "gateway", true);
          ConsulFixture consul = ConsulFixture.builder().httpPort(port).start()) {
        consul.register("user", "user-1", user.port(), "convoy-path", "/user/");
        convoy.awaitReady();
        gateway.awaitReady().awaitBackend("/user/", "user-1");
      }
    }
  }

  @Test
  void whenConsulIsKilledTheLastStateStays() {
    try (ConsulFixture consul = ConsulFixture.builder().persistent().start();
        ControlPlane convoy = new ControlPlane(consul.url()).awaitReady();
        Backend user = new Backend("user-1");
        Backend late = new Backend("user-2");
        Gateway gateway = new Gateway(convoy, "gateway", true).awaitReady()) {
      consul.register("user", "user-1", user.port(), "convoy-path", "/user/");
      gateway.awaitBackend("/user/", "user-1");

      consul.kill();
      Await.untilAsserted(
          () -> assertThat(convoy.admin("/readyz").body()).contains("staleSeconds"));
      assertThat(convoy.admin("/readyz").status()).isEqualTo(200);
      assertThat(convoy.admin("/metrics").body())
          .containsPattern("convoy_registry_stale_seconds\\{part=\"[^\"]+\"} [0-9.]*[1-9]");
      assertThat(gateway.get("/user/").status()).isEqualTo(200);
      try (Gateway another = new Gateway(convoy, "gateway", false).awaitReady()) {
        another.awaitBackend("/user/", "user-1");
      }

      consul.restart();
      Await.untilAsserted(
          () -> assertThat(convoy.admin("/readyz").body()).doesNotContain("staleSeconds"));
      consul.register("user", "user-2", late.port(), "convoy-path", "/user/");
      gateway.awaitBackend("/user/", "user-2");
    }
  }

  @Test
  void whatIsNoConsulIsReportedInOneLine() {
    try (Backend noConsul = new Backend("something else");
        ControlPlane convoy = new ControlPlane("http://127.0.0.1:" + noConsul.port())) {
      Await.untilAsserted(() ->
          assertThat(convoy.admin("/readyz").body())
              .contains("127.0.0.1:" + noConsul.port())
              .contains("does not answer as Consul does"));
      assertThat(convoy.admin("/readyz").status()).isEqualTo(503);
    }
  }

  @Test
  void aRefusedTokenIsReportedInOneLine() {
    try (ConsulFixture consul = ConsulFixture.builder().acl("root-token").start();
        ControlPlane convoy = ControlPlane.withToken(consul.url(), "no-such-token")) {
      Await.untilAsserted(() -> assertThat(convoy.admin("/readyz").body()).contains("403"));
      assertThat(convoy.admin("/readyz").body()).doesNotContain("no-such-token");
      assertThat(convoy.admin("/readyz").status()).isEqualTo(503);
    }
  }

  @Test
  void aStartFromDiskServesTheSameVersionsWithoutConsul(@TempDir Path data) {
    try (ConsulFixture consul = ConsulFixture.builder().persistent().start();
        ControlPlane convoy = new ControlPlane(consul.url(), Optional.of(data)).awaitReady();
        Backend user = new Backend("user-1");
        Gateway gateway = new Gateway(convoy, "gateway", true).awaitReady()) {
      consul.register("user", "user-1", user.port(), "convoy-path", "/user/");
      gateway.awaitBackend("/user/", "user-1");
      consul.putKey(
          "convoy/backend-traffic-policy/user",
          """
          Kind: backend-traffic-policy
          Name: user
          TargetRefs: [{Kind: service, Name: user}]
          RateLimit:
            Local: {Rules: [{Limit: {Requests: 1, Unit: Hour}, Selectors: [{Header: {Name: x-limited}}]}]}
          """);
      Await.until("the limit counts", () -> limited(gateway) == 429);
      String versions = convoy.versions("gateway");

      consul.kill();
      List<String> updates = gateway.updates();
      assertThat(updates).hasSizeGreaterThanOrEqualTo(4);
      convoy.restart();
      Await.untilAsserted(
          () -> assertThat(convoy.admin("/readyz").body()).contains("servedFromDiskOf"));
      Await.until(
          "the gateway is back",
          () ->
              List.of("clusters", "endpoints", "listeners", "routes").stream()
                  .allMatch(convoy.admin("/nodes/" + gateway.id()).body()::contains));
      // The gateway may ask a moment before there is an answer for its group.
      Await.untilAsserted(() -> assertThat(convoy.versions("gateway")).isEqualTo(versions));
      Await.never(
          "an update of what the gateway has",
          Duration.ofMillis(500),
          () -> !gateway.updates().equals(updates));
      assertThat(gateway.get("/user/").status()).isEqualTo(200);
      assertThat(limited(gateway)).as("the limit is still used up").isEqualTo(429);

      consul.restart();
      Await.untilAsserted(
          () -> assertThat(convoy.admin("/readyz").body()).doesNotContain("servedFromDiskOf"));
      gateway.awaitBackend("/user/", "user-1");
    }
  }

  private static int limited(Gateway gateway) {
    return gateway.get("/user/", "x-limited", "1").status();
  }

  @Test
  void aMassDisappearanceIsHeldAndAlarmed() {
    try (ConsulFixture consul = ConsulFixture.start();
        ControlPlane convoy = new ControlPlane(consul.url()).awaitReady();
        Backend user = new Backend("user-1");
        Gateway gateway = new Gateway(convoy, "gateway", true).awaitReady()) {
      List<String> instances = IntStream.range(0, 12).mapToObj(i -> "instance-" + i).toList();
      instances.forEach(id ->
          consul.register(
              "service-" + id.charAt(id.length() - 1) % 3,
              id,
              user.port(),
              "convoy-path",
              "/service-" + id.charAt(id.length() - 1) % 3 + "/"));
      Await.untilAsserted(() -> assertThat(convoy.admin("/catalog").body()).contains(instances));
      for (int service = 0; service < 3; service++) {
        gateway.awaitBackend("/service-" + service + "/", "user-1");
      }

      instances.forEach(consul::deregister);
      Await.untilAsserted(() ->
          assertThat(convoy.admin("/readyz").body().replaceAll("\\s", ""))
              .contains("\"hold\":{")
              .contains("\"instances\":12"));
      assertThat(convoy.admin("/readyz").status()).isEqualTo(200);
      assertThat(convoy.metric("convoy_catalog_held_instances")).isEqualTo(12);
      for (int service = 0; service < 3; service++) {
        assertThat(gateway.get("/service-" + service + "/").status()).isEqualTo(200);
      }
    }
  }
}
