package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A service gets its first sidecar under load, then has sidecars only, and loses them again: no
 * request of a gateway or of another sidecar fails, nor has to be tried twice.
 */
class FirstSidecarIT {
  private static final Set<Integer> GIVEN = new HashSet<>();
  private static final int ORDER_OUT = freePort();
  private static final int ORDER = freePort();
  private static final int USER = freePort();

  private static int freePort() {
    int port = FreePorts.next();
    return GIVEN.add(port) ? port : freePort();
  }

  @Test
  void noRequestFailsWhileTheFirstSidecarComesAndTheLastOneGoes() {
    try (ConsulFixture consul = ConsulFixture.start();
        ControlPlane convoy = new ControlPlane(consul.url());
        Backend orderApp = new Backend("order");
        Backend plain = new Backend("plain");
        Backend behind = new Backend("behind");
        EnvoyFixture order = convoy.sidecar("order", ORDER);
        EnvoyFixture user = convoy.sidecar("user", USER);
        Gateway gateway = new Gateway(convoy, "gateway", true)) {
      // So that connections are made all the time.
      consul.putKey(
          "convoy/backend-traffic-policy/user",
          "{TargetRefs: [{Kind: service, Name: user}], CircuitBreaker: {MaxRequestsPerConnection: 4}}");
      consul.register(
          "order",
          "order",
          ORDER,
          "convoy-app-port",
          String.valueOf(orderApp.port()),
          "convoy-outbound-port",
          String.valueOf(ORDER_OUT),
          "convoy-upstreams",
          "user");
      registerPlain(consul, plain);
      convoy.awaitReady();
      gateway.awaitReady();
      Await.until("the caller is ready", order::isReady);
      String calls = "http://127.0.0.1:" + ORDER_OUT + "/";
      Await.untilAsserted(
          () -> assertThat(Http.get(calls, "host", "user").header("x-backend")).isEqualTo("plain"));
      gateway.awaitBackend("/user/", "plain");
      for (String group : groups(gateway)) {
        assertThat(endpoints(convoy, group, "user")).isEqualTo("");
      }

      try (var traffic =
          new Traffic(200, List.of("host", "user"), List.of(calls, gateway.url("/user/")))) {
        traffic.await(200);

        registerSidecar(consul, behind);
        for (String group : groups(gateway)) {
          Await.untilAsserted(
              () -> assertThat(endpoints(convoy, group, "user")).isEqualTo("mutual-tls/user"));
        }
        Await.untilAsserted(() ->
            assertThat(new MeshMember(consul, "anybody").get(USER, "/"))
                .isEqualTo("HTTP/1.1 200 OK"));
        consul.api().report("check-behind", "pass");
        awaitMoreRequests(behind);
        awaitMoreRequests(plain);
        traffic.await(200);

        consul.deregister("plain");
        for (String group : groups(gateway)) {
          Await.untilAsserted(() ->
              assertThat(endpoints(convoy, group, "sidecar/user"))
                  .isEqualTo("mutual-tls/sidecar/user"));
        }
        awaitSilence(traffic, plain);

        registerPlain(consul, plain);
        awaitMoreRequests(plain);
        traffic.await(200);

        consul.api().report("check-behind", "fail");
        awaitSilence(traffic, behind);
        for (EnvoyFixture caller : List.of(order, gateway.envoy())) {
          assertThat(caller.stat("cluster.user.ssl.handshake")).isPositive();
          assertThat(caller.stat("cluster.user.ssl.connection_error")).isZero();
        }
        assertThat(user.stat("listener.0.0.0.0_" + USER + ".ssl.connection_error")).isZero();
        consul.deregister("behind");
        for (String group : groups(gateway)) {
          Await.untilAsserted(() -> assertThat(endpoints(convoy, group, "user")).isEqualTo(""));
        }
        traffic.await(400);
        assertThat(traffic.failures()).isEmpty();
      }
      for (EnvoyFixture caller : List.of(order, gateway.envoy())) {
        assertThat(caller.stat("cluster.user.upstream_rq_total")).isPositive();
        assertThat(caller.stat("cluster.user.upstream_rq_retry")).isZero();
        assertThat(caller.stat("cluster.user.upstream_cx_connect_fail")).isZero();
      }
    }
  }

  private static void registerPlain(ConsulFixture consul, Backend app) {
    consul.register("user", "plain", app.port(), "convoy-path", "/user/");
  }

  /** Critical until its check is reported: a sidecar listens after it was told to only. */
  private static void registerSidecar(ConsulFixture consul, Backend app) {
    consul.registerWithCheck(
        "user",
        "behind",
        USER,
        "convoy-path",
        "/user/",
        "convoy-app-port",
        String.valueOf(app.port()),
        "convoy-outbound-port",
        String.valueOf(freePort()));
  }

  private static List<String> groups(Gateway gateway) {
    return List.of("gateway:gateway:" + gateway.port(), "sidecar:order:" + ORDER);
  }

  /**
   * The name of a cluster's load assignment, as the group is told; empty where it is the cluster's.
   */
  private static String endpoints(ControlPlane convoy, String group, String cluster) {
    String body =
        convoy
            .admin("/snapshots/%s/clusters/%s".formatted(group, cluster.replace("/", "%2F")))
            .body();
    assertThat(body).contains("\"edsClusterConfig\"");
    var named = java.util.regex.Pattern.compile("\"serviceName\"\\s*:\\s*\"([^\"]*)\"");
    return named.matcher(body).results().map(found -> found.group(1)).findFirst().orElse("");
  }

  private static void awaitMoreRequests(Backend backend) {
    int before = backend.requests();
    Await.until(backend.name() + " gets requests", () -> backend.requests() > before + 10);
  }

  private static void awaitSilence(Traffic traffic, Backend backend) {
    Await.until(
        backend.name() + " gets no requests",
        () -> {
          int before = backend.requests();
          traffic.await(50);
          return backend.requests() == before;
        });
  }
}
