package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several Convoys beside one Consul. */
class ReplicasIT {

  @Test
  void anEnvoyThatMovesToAnotherIsToldNothingThatItKnows() {
    try (ConsulFixture consul = ConsulFixture.start();
        Backend user = new Backend("user-1");
        Backend another = new Backend("user-2");
        ControlPlane one = new ControlPlane(consul.url()).awaitReady();
        ControlPlane two = new ControlPlane(consul.url()).awaitReady();
        Gateway gateway = new Gateway(List.of(one, two), "gateway", true, bootstrap -> bootstrap)) {
      consul.register("user", "user-1", user.port(), "convoy-path", "/user/");
      gateway.awaitReady().awaitBackend("/user/", "user-1");
      Await.until(
          "the gateway is at one of them", () -> knows(one, gateway) || knows(two, gateway));
      ControlPlane first = knows(one, gateway) ? one : two;
      ControlPlane second = knows(one, gateway) ? two : one;
      String versions = first.versions("gateway");
      assertThat(versions).contains("\"user\"");

      List<String> updates = gateway.updates();
      first.close();
      Await.until("the gateway is at the other one", () -> knows(second, gateway));
      // It may ask a moment before there is an answer for its group.
      Await.untilAsserted(() -> assertThat(second.versions("gateway")).isEqualTo(versions));
      Await.never(
          "an update of what the gateway has",
          Duration.ofMillis(500),
          () -> !gateway.updates().equals(updates));

      consul.register("user", "user-2", another.port(), "convoy-path", "/user/");
      gateway.awaitBackend("/user/", "user-2");
      List<String> differing =
          gateway.updates().stream().filter(update -> !updates.contains(update)).toList();
      assertThat(differing).singleElement().asString().startsWith("cluster.user.update_success");
    }
  }

  private static boolean knows(ControlPlane convoy, Gateway gateway) {
    String node = convoy.admin("/nodes/" + gateway.id()).body();
    return List.of("clusters", "endpoints", "listeners", "routes").stream()
        .allMatch(node::contains);
  }
}
