package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.local.Launcher;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Containers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The main job with Consul and Envoy in containers. */
class ContainersIT {
  private static Launcher containers = Launcher.processes();

  @BeforeAll
  static void needsDocker() {
    containers = Containers.orSkip();
  }

  @Test
  void whatIsRegisteredAndWrittenIsRouted() {
    try (ConsulFixture consul = ConsulFixture.builder().launcher(containers).start();
        ControlPlane convoy = new ControlPlane(consul.url()).awaitReady();
        Backend user = new Backend("user-1");
        Backend order = new Backend("order-1");
        Gateway gateway = new Gateway(convoy, "gateway", true, containers).awaitReady()) {
      consul.register("user", "user-1", user.port(), "convoy-path", "/user/");
      gateway.awaitBackend("/user/", "user-1");
      consul.register("order", "order-1", order.port());
      consul.putKey(
          "convoy/http-route/shop",
          """
          Rules:
          - Matches: [{Path: {Match: prefix, Value: /shop/}}]
            Services: [{Name: order}]
          """);
      gateway.awaitBackend("/shop/", "order-1");
      assertThat(gateway.get("/nowhere").status()).isEqualTo(404);
      consul.kill();
      Await.until(
          "Convoy says that Consul is away",
          () -> convoy.admin("/readyz").body().contains("staleSeconds"));
      assertThat(gateway.get("/shop/").status()).isEqualTo(200);
    }
  }
}
