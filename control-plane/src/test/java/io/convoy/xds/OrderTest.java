package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.translation.ResourceType.ENDPOINTS;
import static io.convoy.translation.ResourceType.EXTENSIONS;
import static io.convoy.translation.ResourceType.LISTENERS;
import static io.convoy.translation.ResourceType.ROUTES;
import static io.convoy.translation.ResourceType.SECRETS;
import static io.convoy.xds.Make.cluster;
import static io.convoy.xds.Make.endpoints;
import static io.convoy.xds.Make.extension;
import static io.convoy.xds.Make.listener;
import static io.convoy.xds.Make.route;
import static io.convoy.xds.Make.secret;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.policy.DocumentId;
import io.convoy.translation.ResourceType;
import io.convoy.xds.Client.Reply;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Make before break: who waits for whose acknowledgment, and for how long. */
class OrderTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Duration DRAIN = Duration.ofMinutes(1);

  private final World world = new World(World.order(LIMIT, DRAIN));

  @AfterEach
  void close() {
    world.close();
  }

  /** A client that has taken over everything of one service, and asks for what another needs. */
  private Client settled(Protocol protocol) {
    world
        .put(cluster("old"), 1)
        .put(endpoints("old"), 1)
        .put(listener("l"), 1, route("r"))
        .put(route("r"), 1, cluster("old"))
        .publish();
    Client client =
        Client.of(world, protocol)
            .ask(CLUSTERS)
            .ask(ENDPOINTS, "old", "new")
            .ask(LISTENERS)
            .ask(ROUTES, "r");
    while (!client.quiet()) {
      client.ack(client.take());
    }
    return client;
  }

  private void moveRoute() {
    world
        .drop(cluster("old"))
        .drop(endpoints("old"))
        .put(cluster("new"), 1)
        .put(endpoints("new"), 1)
        .put(route("r"), 2, cluster("new"))
        .publish();
  }

  @ParameterizedTest
  @EnumSource
  void aRouteMovesBetweenClustersWithoutAGap(Protocol protocol) {
    Client client = settled(protocol);
    moveRoute();

    Reply clusters = client.take();
    assertThat(clusters.type()).isEqualTo(CLUSTERS);
    assertThat(clusters.resources()).containsKey("new");
    assertThat(clusters.removed()).isEmpty();
    if (protocol == Protocol.SOTW) {
      assertThat(clusters.resources()).as("removed later").containsKey("old");
    }

    // Envoy acknowledges CDS when the cluster is warm, for which it needs the endpoints first.
    Reply endpoints = client.take();
    assertThat(endpoints.type()).isEqualTo(ENDPOINTS);
    assertThat(endpoints.resources()).containsOnlyKeys("new");
    client.ack(endpoints);
    assertThat(client.quiet()).as("the route waits for CDS").isTrue();

    client.ack(clusters);
    Reply routes = client.take();
    assertThat(routes.type()).isEqualTo(ROUTES);
    assertThat(client.quiet()).as("the old cluster waits for RDS").isTrue();

    client.ack(routes);
    Reply removal = client.accept(CLUSTERS);
    if (protocol == Protocol.SOTW) {
      assertThat(removal.resources()).containsOnlyKeys("new");
    } else {
      assertThat(removal.removed()).containsExactly("old");
      assertThat(client.accept(ENDPOINTS).removed()).containsExactly("old");
    }
    assertThat(client.quiet()).isTrue();
    assertThat(world.count("convoy.xds.order.timeouts", "type", "routes")).isEqualTo(0);
    assertThat(world.count("convoy.xds.order.timeouts", "type", "clusters")).isEqualTo(0);
  }

  @ParameterizedTest
  @EnumSource
  void aRouteWaitsForTheEndpointsOfItsCluster(Protocol protocol) {
    Client client = settled(protocol);
    moveRoute();
    client.accept(CLUSTERS);
    Reply endpoints = client.take();
    assertThat(endpoints.type()).isEqualTo(ENDPOINTS);
    assertThat(client.quiet()).isTrue();
    client.ack(endpoints);
    client.accept(ROUTES);
  }

  @Test
  void aRouteWaitsForTheSecretsOfItsCluster() {
    Client client = settled(Protocol.DELTA).ask(SECRETS, "tls");
    assertThat(client.quiet()).as("nobody says that there is no secret").isTrue();
    world
        .put(cluster("new"), 1, secret("tls"))
        .put(endpoints("new"), 1)
        .put(secret("tls"), 1)
        .put(route("r"), 2, cluster("new"))
        .publish();
    Reply clusters = client.take();
    Reply secrets = client.take();
    assertThat(secrets.type()).isEqualTo(SECRETS);
    client.accept(ENDPOINTS);
    client.ack(clusters);
    assertThat(client.quiet()).isTrue();
    client.ack(secrets);
    client.accept(ROUTES);
  }

  @Test
  void aListenerAndAnExtensionWaitForTheirClustersToo() {
    Client client = settled(Protocol.DELTA).ask(EXTENSIONS, "jwt");
    client.accept(EXTENSIONS);
    world
        .put(cluster("keys"), 1)
        .put(extension("jwt"), 1, cluster("keys"))
        .put(listener("tcp"), 1, cluster("keys"))
        .publish();
    Reply clusters = client.take();
    assertThat(clusters.type()).isEqualTo(CLUSTERS);
    assertThat(client.quiet()).isTrue();
    client.ack(clusters);
    assertThat(client.take().type()).isEqualTo(EXTENSIONS);
    assertThat(client.take().type()).isEqualTo(LISTENERS);
  }

  @ParameterizedTest
  @EnumSource
  void aRouteWaitsForTheListenerThatBringsItsFilters(Protocol protocol) {
    Client client = settled(protocol);
    world.put(listener("l"), 2, route("r")).put(route("r"), 2, cluster("old")).publish();
    Reply listeners = client.take();
    assertThat(listeners.type()).isEqualTo(LISTENERS);
    assertThat(client.quiet()).isTrue();
    client.ack(listeners);
    client.accept(ROUTES);
  }

  @Test
  void aRouteWaitsForTheExtensionsThatItSwitchesOn() {
    Client client = settled(Protocol.DELTA);
    world
        .put(extension("jwt"), 1)
        .put(listener("l"), 2, route("r"), extension("jwt"))
        .put(route("r"), 2, cluster("old"), extension("jwt"))
        .publish();
    client.accept(LISTENERS);
    assertThat(client.quiet()).as("Envoy is about to ask for the extension").isTrue();
    client.ask(EXTENSIONS, "jwt");
    Reply extensions = client.take();
    assertThat(client.quiet()).isTrue();
    client.ack(extensions);
    client.accept(ROUTES);
  }

  @ParameterizedTest
  @EnumSource
  void endpointsNeverWait(Protocol protocol) {
    Client client = settled(protocol);
    world.put(cluster("old"), 2).publish();
    client.take(); // and no answer, as while a cluster warms
    assertThat(client.take().type()).isEqualTo(ENDPOINTS);
  }

  /** Envoy warms a changed cluster until its endpoints come again, though they are the same. */
  @ParameterizedTest
  @EnumSource
  void aChangedClusterGetsItsEndpointsAgain(Protocol protocol) {
    Client client = settled(protocol);
    world.put(cluster("old"), 2).publish();
    client.accept(CLUSTERS);
    assertThat(client.accept(ENDPOINTS).resources()).containsOnlyKeys("old");
    assertThat(client.quiet()).isTrue();
  }

  /** As gRPC does: it asks for a cluster when it knows the route, so nobody may wait for it. */
  @Test
  void nobodyWaitsForAClusterThatTheClientHasNotAskedFor() {
    world.put(cluster("a"), 1).put(cluster("b"), 1).put(route("r"), 1, cluster("a")).publish();
    Client client = Client.sotw(world).ask(ROUTES, "r");
    client.accept(ROUTES);
    client.ask(CLUSTERS, "a");
    client.accept(CLUSTERS);
    world.put(route("r"), 2, cluster("b")).publish();
    client.accept(ROUTES);
  }

  @ParameterizedTest
  @EnumSource
  void nobodyWaitsForAClusterThatDoesNotExist(Protocol protocol) {
    Client client = settled(protocol);
    world.put(route("r"), 2, cluster("none")).publish();
    client.accept(ROUTES);
  }

  @ParameterizedTest
  @EnumSource
  void aRouteGoesWhenItsClusterIsNotAcknowledgedInTime(Protocol protocol) {
    Client client = settled(protocol);
    moveRoute();
    client.take();
    client.accept(ENDPOINTS);
    world.clock.pass(LIMIT.minusMillis(1));
    assertThat(client.quiet()).isTrue();
    world.clock.pass(Duration.ofMillis(1));
    client.accept(ROUTES);
    assertThat(world.count("convoy.xds.order.timeouts", "type", "routes")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void aClusterGoesWhenTheRouteWithoutItIsNotAcknowledgedInTime(Protocol protocol) {
    Client client = settled(protocol);
    moveRoute();
    client.accept(CLUSTERS);
    client.accept(ENDPOINTS);
    assertThat(client.take().type()).isEqualTo(ROUTES);
    world.clock.pass(LIMIT);
    Reply removal = client.take();
    assertThat(removal.type()).isEqualTo(CLUSTERS);
    assertThat(removal.resources()).doesNotContainKey("old");
    assertThat(world.count("convoy.xds.order.timeouts", "type", "clusters")).isEqualTo(1);
  }

  @Test
  void anEnvoyThatNeverAnswersHoldsUpNoOther() {
    Client silent = settled(Protocol.DELTA);
    Client other = settled(Protocol.SOTW);
    moveRoute();
    silent.take();
    other.accept(CLUSTERS);
    other.accept(ENDPOINTS);
    other.accept(ROUTES);
    assertThat(other.accept(CLUSTERS).resources()).containsOnlyKeys("new");
  }

  @ParameterizedTest
  @EnumSource
  void whatAListenerNamedStaysUntilItHasDrained(Protocol protocol) {
    Client client = settled(protocol);
    world.drop(listener("l")).drop(route("r")).drop(cluster("old")).publish();
    Reply listeners = client.accept(LISTENERS);
    assertThat(listeners.resources()).isEmpty();
    world.clock.pass(DRAIN.minusMillis(1));
    assertThat(client.quiet()).isTrue();
    world.clock.pass(Duration.ofMillis(1));
    if (protocol == Protocol.DELTA) {
      assertThat(client.accept(ROUTES).removed()).containsExactly("r");
      assertThat(client.accept(CLUSTERS).removed()).containsExactly("old");
    } else {
      assertThat(client.accept(CLUSTERS).resources()).isEmpty();
    }
    assertThat(world.count("convoy.xds.order.timeouts", "type", "clusters")).isEqualTo(0);
  }

  @Test
  void whatTheNewListenerStillNamesDoesNotDrain() {
    Client client = settled(Protocol.DELTA);
    world.put(listener("l"), 2, route("r")).put(route("r"), 2).drop(cluster("old")).publish();
    client.accept(LISTENERS);
    client.accept(ROUTES);
    assertThat(client.accept(CLUSTERS).removed()).containsExactly("old");
  }

  @ParameterizedTest
  @EnumSource
  void aClusterThatComesBackBeforeItWentIsNotTouched(Protocol protocol) {
    Client client = settled(protocol);
    world.drop(cluster("old")).publish();
    assertThat(client.quiet()).as("the route still names it").isTrue();
    world.put(cluster("old"), 1).publish();
    assertThat(client.quiet()).isTrue();
    world.clock.pass(LIMIT.multipliedBy(2));
    assertThat(client.quiet()).isTrue();
  }

  /** A first answer that lacked a listener would make Envoy drop the one that it has. */
  @ParameterizedTest
  @EnumSource
  void theFirstAnswerToAWildcardIsWhole(Protocol protocol) {
    world
        .put(cluster("a"), 1)
        .put(listener("l"), 1)
        .put(listener("tcp"), 1, cluster("a"))
        .publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS).ask(LISTENERS);
    Reply clusters = client.take();
    assertThat(client.quiet()).isTrue();
    client.ack(clusters);
    assertThat(client.accept(LISTENERS).resources()).containsOnlyKeys("l", "tcp");
  }

  @ParameterizedTest
  @EnumSource(
      value = ResourceType.class,
      names = {"LISTENERS", "ROUTES"})
  void unrelatedChangesDoNotWait(ResourceType type) {
    Client client = settled(Protocol.DELTA).ask(ROUTES, "other");
    client.accept(ROUTES);
    world
        .put(cluster("new"), 1)
        .put(route("r"), 2, cluster("new"))
        .put(new io.convoy.translation.ResourceKey(type, "other"), 2, cluster("old"))
        .publish();
    assertThat(client.take().type()).isEqualTo(CLUSTERS);
    assertThat(client.accept(ENDPOINTS).removed()).as("there are none").containsExactly("new");
    assertThat(client.accept(type).resources()).containsOnlyKeys("other");
  }

  /** What was refused as a part of a whole may be in use or not: nobody knows which route is. */
  @ParameterizedTest
  @EnumSource
  void aRouteRefusedInPartWaitsForANewContentOfASlotThatItUsedBefore(Protocol protocol) {
    var before = new DocumentId("security-policy", "before");
    var after = new DocumentId("security-policy", "after");
    world
        .put(listener("l"), 1, route("r"), route("s"), extension("slot"))
        .put(extension("slot"), 1, before)
        .put(route("r"), 1, extension("slot"))
        .put(route("s"), 1)
        .publish();
    Client client =
        Client.of(world, protocol).ask(LISTENERS).ask(EXTENSIONS, "slot").ask(ROUTES, "r", "s");
    while (!client.quiet()) {
      client.ack(client.take());
    }
    world.put(route("r"), 2).put(route("s"), 2).publish();
    client.nack(client.take(), "refused"); // it may have taken r, which uses no slot
    Reply half = client.take();
    assertThat(half.resources()).containsOnlyKeys("r");

    world.put(extension("slot"), 2, after).put(route("r"), 3, extension("slot")).publish();
    client.nack(half, "refused");
    Reply content = client.take();
    assertThat(content.type()).isEqualTo(EXTENSIONS);
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("s");
    assertThat(client.quiet()).as("r may begin to use the slot").isTrue();
    client.ack(content);
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("r");
  }
}
