package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.net.HostAndPort;
import io.convoy.catalog.Locality;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An Envoy that knows its zone asks the instances of that zone. */
class ZoneIT {
  private static final String LOCAL_ONLY = "cluster.near.lb_zone_routing_all_directly";

  private final int port = FreePorts.next();

  @Test
  void requestsStayInTheZone() {
    try (var consul = ConsulFixture.start();
        var convoy = new ControlPlane(consul.url()).awaitReady();
        var here = new Scripted("near-a");
        var there = new Scripted("near-b")) {
      consul.registerWithCheck("near", "near-a", here.port(), where("a"));
      consul.api().report("check-near-a", "pass");
      consul.register("near", "near-b", there.port(), where("b"));
      policy(consul, 2);
      try (var gateway = EnvoyFixture.start(bootstrap(convoy))) {
        Await.until("the gateway is ready", gateway::isReady);
        Await.untilAsserted(
            () -> assertThat(answers()).containsExactlyInAnyOrder("near-a", "near-b"));

        // Only now Envoy can know which share of all requests comes from its zone.
        consul.register("gateway", "gateway-a", port, where("a"));
        consul.register("gateway", "gateway-b", FreePorts.next(), where("b"));
        Await.untilAsserted(() -> assertThat(answers()).containsExactly("near-a"));
        assertThat(gateway.stat(LOCAL_ONLY)).isPositive();

        policy(consul, 3);
        Await.untilAsserted(() -> assertThat(answers()).contains("near-b"));
        policy(consul, 2);
        Await.untilAsserted(() -> assertThat(answers()).containsExactly("near-a"));

        consul.api().report("check-near-a", "fail");
        Await.untilAsserted(() -> assertThat(answers()).containsExactly("near-b"));
      }
    }
  }

  private static String[] where(String zone) {
    return new String[] {"convoy-path", "/near/", "region", "north", "zone", zone};
  }

  private static void policy(ConsulFixture consul, int minEndpoints) {
    consul.putKey(
        "convoy/backend-traffic-policy/near",
        "TargetRefs: [{Kind: service, Name: near}]\nLoadBalancer: {ZoneAware: {MinEndpoints: %d}}\n"
            .formatted(minEndpoints));
  }

  private Set<String> answers() {
    return IntStream.range(0, 20)
        .mapToObj(i -> Http.get("http://127.0.0.1:" + port + "/near/").header("x-backend"))
        .collect(Collectors.toSet());
  }

  private String bootstrap(ControlPlane convoy) {
    return new Bootstrap(
            "gateway",
            "gateway",
            "gateway-a",
            ImmutableList.of(HostAndPort.fromParts("127.0.0.1", convoy.xdsPort())),
            true,
            0,
            port,
            new Locality("north", "a"),
            Optional.empty())
        .render();
  }
}
