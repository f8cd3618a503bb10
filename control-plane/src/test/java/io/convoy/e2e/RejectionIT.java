package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import io.convoy.snapshot.WriterSettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Envoys refuse what a document became, though Convoy thought it valid. */
class RejectionIT {
  /** What is written within a second arrives in one publish. */
  private static final WriterSettings SLOW =
      new WriterSettings(
          Duration.ofSeconds(1),
          Optional.empty(),
          WriterSettings.DEFAULT.saveInterval(),
          WriterSettings.DEFAULT.emptyDelay(),
          WriterSettings.DEFAULT.massShare(),
          WriterSettings.DEFAULT.longestHold(),
          WriterSettings.DEFAULT.policyInterval());

  /** Smaller than Convoy thinks that Envoys take. */
  private static String strict(String bootstrap) {
    return bootstrap.replace("error_level: 1000", "error_level: 50");
  }

  @Test
  void theDocumentAloneIsInQuarantineUntilItChanges() {
    try (ConsulFixture consul = ConsulFixture.start();
        ControlPlane convoy = new ControlPlane(consul.url(), SLOW).awaitReady();
        Backend order = new Backend("order-1");
        Backend another = new Backend("order-2");
        Gateway delta = new Gateway(List.of(convoy), "gateway", true, RejectionIT::strict);
        Gateway sotw = new Gateway(List.of(convoy), "gateway", false, RejectionIT::strict)) {
      consul.register("order", "order-1", order.port());
      consul.putKey("convoy/http-route/culprit", route("prefix", "/culprit/"));
      consul.putKey("convoy/http-route/old", route("prefix", "/old/"));
      for (Gateway gateway : List.of(delta, sotw)) {
        gateway.awaitReady().awaitBackend("/culprit/", "order-1");
        gateway.awaitBackend("/old/", "order-1");
      }

      consul.putKey("convoy/http-route/before", route("prefix", "/before/"));
      consul.putKey("convoy/http-route/culprit", route("regex", "/culprit/[a-z]{60}"));
      consul.putKey("convoy/http-route/later", route("prefix", "/later/"));
      consul.register("order", "order-2", another.port());
      try (Traffic traffic = new Traffic(50, delta.url("/culprit/"), sotw.url("/culprit/"))) {
        for (Gateway gateway : List.of(delta, sotw)) {
          gateway.awaitBackend("/before/", "order-1");
          gateway.awaitBackend("/later/", "order-1");
          gateway.awaitBackend("/old/", "order-2");
        }
        Await.untilAsserted(() ->
            assertThat(status(convoy, "culprit"))
                .contains(
                    "{\"type\":\"Accepted\",\"status\":\"True\"",
                    "{\"type\":\"Programmed\",\"status\":\"False\",\"reason\":\"Rejected\"",
                    "RE2 program size",
                    "the last good version stays in force"));
        for (String document : List.of("before", "later", "old")) {
          Await.untilAsserted(() ->
              assertThat(status(convoy, document))
                  .contains("{\"type\":\"Programmed\",\"status\":\"True\"")
                  .contains("\"programmed\":{\"acked\":2,\"total\":2}"));
        }
        traffic.await(20);
        assertThat(traffic.failures()).isEmpty();
      }
      assertThat(convoy.metric("convoy_documents_rejected")).isEqualTo(1);
      assertThat(convoy.metric("convoy_snapshot_quarantines_total")).isEqualTo(1);

      consul.putKey("convoy/http-route/culprit", route("regex", "/culprit/[a-z]"));
      for (Gateway gateway : List.of(delta, sotw)) {
        gateway.awaitBackend("/culprit/x", "order-1");
        Await.until("the new rule holds", () -> gateway.get("/culprit/12").status() == 404);
      }
      Await.untilAsserted(() ->
          assertThat(status(convoy, "culprit"))
              .contains("{\"type\":\"Programmed\",\"status\":\"True\""));
      assertThat(convoy.metric("convoy_documents_rejected")).isZero();
    }
  }

  @Test
  void anEnvoyWhosePortIsTakenGetsItWhenItIsFree() throws IOException {
    try (ConsulFixture consul = ConsulFixture.start();
        ControlPlane convoy = new ControlPlane(consul.url()).awaitReady();
        Backend order = new Backend("order-1")) {
      consul.register("order", "order-1", order.port(), "convoy-path", "/");
      var taken = new ServerSocket(0);
      int port = taken.getLocalPort();
      try (var _ =
          EnvoyFixture.start(
              ControlPlane.bootstrap(List.of(convoy), "gateway", "late", true, port))) {
        try (taken) {
          Await.untilAsserted(
              () -> assertThat(convoy.admin("/nodes/late").body()).contains("cannot bind"));
          assertThat(convoy.admin("/snapshots/gateway:gateway:" + port).body())
              .contains("http-" + port);
        }
        Await.untilAsserted(() ->
            assertThat(Http.get("http://127.0.0.1:" + port + "/").header("x-backend"))
                .isEqualTo("order-1"));
      }
      assertThat(convoy.metric("convoy_snapshot_quarantines_total")).isZero();
    }
  }

  private static String status(ControlPlane convoy, String name) {
    return convoy
        .admin("/policies/http-route/" + name)
        .body()
        .replaceAll("\\s*([,:{}\\[\\]])\\s*", "$1");
  }

  private static String route(String match, String path) {
    return """
    Kind: http-route
    Rules:
    - Matches: [{Path: {Match: %s, Value: "%s"}}]
      Services: [{Name: order}]
    """
        .formatted(match, path);
  }
}
