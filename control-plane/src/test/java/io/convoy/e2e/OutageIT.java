package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import java.nio.file.Path;
import java.util.Optional;
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
      String group =
          convoy.admin("/nodes").body().replaceAll("(?s).*\"group\"\\s*:\\s*\"([^\"]+)\".*", "$1");
      String versions = convoy.admin("/snapshots/" + group).body();

      consul.kill();
      long updates = gateway.envoy().stat("cluster_manager.cds.update_success");
      convoy.restart();
      Await.untilAsserted(
          () -> assertThat(convoy.admin("/readyz").body()).contains("servedFromDiskOf"));
      Await.until("the gateway is back", () -> convoy.admin("/nodes").body().contains(group));
      assertThat(convoy.admin("/snapshots/" + group).body()).isEqualTo(versions);
      assertThat(gateway.get("/user/").status()).isEqualTo(200);

      consul.restart();
      Await.untilAsserted(
          () -> assertThat(convoy.admin("/readyz").body()).doesNotContain("servedFromDiskOf"));
      gateway.awaitBackend("/user/", "user-1");
      assertThat(gateway.envoy().stat("cluster_manager.cds.update_success") - updates)
          .isLessThan(3);
    }
  }
}
