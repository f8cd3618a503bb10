package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.translation.ResourceType.ENDPOINTS;
import static io.convoy.translation.ResourceType.EXTENSIONS;
import static io.convoy.translation.ResourceType.LISTENERS;
import static io.convoy.translation.ResourceType.ROUTES;
import static io.convoy.xds.Make.cluster;
import static io.convoy.xds.Make.endpoints;
import static io.convoy.xds.Make.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.xds.Client.Reply;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Make before break for a client that comes back with resources whose content nobody knows. */
class OrderAfterReconnectTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aClusterStaysUntilTheRoutesAreKnownAndRenewed() {
    var held = Map.of("old", "v1");
    world.put(cluster("new"), 1).put(route("r"), 2, cluster("new")).publish();
    Client client =
        Client.delta(world)
            .resume(CLUSTERS, held)
            .ask(LISTENERS)
            .resume(ROUTES, Map.of("r", "v1"), "r")
            .resume(EXTENSIONS, Map.of(), "e");
    Reply clusters = client.accept(CLUSTERS);
    assertThat(clusters.resources()).containsOnlyKeys("new");
    assertThat(clusters.removed()).as("the route may name it").isEmpty();
    client.accept(LISTENERS);
    client.accept(EXTENSIONS);
    Reply routes = client.take();
    assertThat(routes.type()).isEqualTo(ROUTES);
    assertThat(client.quiet()).isTrue();
    client.ack(routes);
    assertThat(client.accept(CLUSTERS).removed()).containsExactly("old");
  }

  @Test
  void endpointsStayUntilTheClustersAreRenewed() {
    world.put(cluster("a"), 2).put(endpoints("a"), 1).publish();
    Client client =
        Client.delta(world)
            .resume(CLUSTERS, Map.of("a", "v1"))
            .resume(ENDPOINTS, Map.of("b", "v1"), "b")
            .ask(LISTENERS);
    Reply clusters = client.take();
    assertThat(clusters.type()).isEqualTo(CLUSTERS);
    client.accept(LISTENERS);
    assertThat(client.quiet()).as("a cluster that it has may use them").isTrue();
    client.ack(clusters);
    assertThat(client.accept(ENDPOINTS).removed()).containsExactly("b");
  }
}
