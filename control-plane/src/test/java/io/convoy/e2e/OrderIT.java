package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.snapshot.WriterSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Make before break, as those see it who send requests. */
class OrderIT {
  private static final int CHANGES = 200;
  private static final int ROUTES = 2;

  /** Services that are registered before a route goes there. */
  private static final int AHEAD = 4;

  /** What is gone from the registry is gone at once. */
  private static final WriterSettings OBEDIENT =
      new WriterSettings(
          WriterSettings.DEFAULT.publishInterval(),
          Optional.empty(),
          WriterSettings.DEFAULT.saveInterval(),
          Duration.ZERO,
          1,
          WriterSettings.DEFAULT.longestHold(),
          WriterSettings.DEFAULT.policyInterval());

  private static final List<String> FLAGS = List.of("NC", "NR", "UH", "UF", "NFCF");

  @Test
  void routesMoveAndClustersGoWithoutAFailedRequest() {
    try (ConsulFixture consul = ConsulFixture.start();
        ControlPlane convoy = new ControlPlane(consul.url(), OBEDIENT).awaitReady();
        Backend backend = new Backend("any");
        Gateway delta = new Gateway(convoy, "gateway", true);
        Gateway sotw = new Gateway(convoy, "gateway", false)) {
      for (int i = 0; i < AHEAD + ROUTES; i++) {
        consul.register(service(i), service(i), backend.port());
      }
      for (int i = 0; i < ROUTES; i++) {
        awaitRegistered(convoy, i);
        move(consul, convoy, i);
      }
      Stream.of(delta, sotw)
          .map(Gateway::awaitReady)
          .forEach(gateway -> {
            gateway.awaitBackend("/0/", "any");
            gateway.awaitBackend("/1/", "any");
          });
      for (int i = 0; i < ROUTES; i++) {
        awaitProgrammed(convoy, i);
      }

      try (Traffic traffic =
          new Traffic(
              300,
              delta.url("/0/steady"),
              delta.url("/1/steady"),
              sotw.url("/0/steady"),
              sotw.url("/1/steady"))) {
        traffic.await(100);
        for (int i = ROUTES; i < CHANGES + ROUTES; i++) {
          consul.register(service(i + AHEAD), service(i + AHEAD), backend.port());
          awaitRegistered(convoy, i);
          move(consul, convoy, i);
          awaitProgrammed(convoy, i);
          consul.deregister(service(i - ROUTES));
        }
        traffic.await(100);
        assertThat(traffic.failures()).isEmpty();
      }
      for (Gateway gateway : List.of(delta, sotw)) {
        Await.until("the access log is written", () -> gateway.logged("steady").size() > 200);
        FLAGS.forEach(
            flag -> assertThat(gateway.logged("steady", "\"flags\":\"" + flag)).as(flag).isEmpty());
        assertThat(gateway.logged("steady", "\"flags\":\"-\"", "\"status\":200")).isNotEmpty();
        Await.until(
            "the clusters that no route names any more are gone",
            () ->
                !gateway.envoy().admin("/clusters").contains("\n" + service(CHANGES - 20) + "::"));
        assertThat(gateway.envoy().stat("cluster_manager.cluster_removed")).isGreaterThan(100);
      }
    }
  }

  private static String service(int number) {
    return "service-" + number;
  }

  private static void awaitRegistered(ControlPlane convoy, int number) {
    Await.until(
        service(number) + " is in the catalog",
        () -> convoy.admin("/catalog").body().contains("\"" + service(number) + "\""));
  }

  private static String document(int number) {
    return "http-route/move-" + number % ROUTES;
  }

  private static void move(ConsulFixture consul, ControlPlane convoy, int number) {
    consul.putKey(
        "convoy/" + document(number),
        """
        Kind: http-route
        Rules:
        - Matches: [{Path: {Match: prefix, Value: /%d/}}]
          Services: [{Name: %s}]
        """
            .formatted(number % ROUTES, service(number)));
    Await.until(
        document(number) + " is read",
        () ->
            convoy
                .admin("/policies/" + document(number))
                .body()
                .contains("\"" + service(number) + "\""));
  }

  private static void awaitProgrammed(ControlPlane convoy, int number) {
    Await.untilAsserted(() ->
        assertThat(convoy.admin("/policies/" + document(number)).body().replaceAll("\\s", ""))
            .contains("\"programmed\":{\"acked\":2,\"total\":2}"));
  }
}
