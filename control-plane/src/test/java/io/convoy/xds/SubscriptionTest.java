package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.translation.ResourceType.ENDPOINTS;
import static io.convoy.translation.ResourceType.EXTENSIONS;
import static io.convoy.translation.ResourceType.LISTENERS;
import static io.convoy.translation.ResourceType.ROUTES;
import static io.convoy.xds.Make.cluster;
import static io.convoy.xds.Make.endpoints;
import static io.convoy.xds.Make.listener;
import static io.convoy.xds.Make.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.xds.Client.Reply;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which names are answered, and when: the rules of Envoy's xDS protocol, one test each. */
class SubscriptionTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @ParameterizedTest
  @EnumSource
  void aFirstRequestWithoutNamesAsksForEveryClusterAndListener(Protocol protocol) {
    world.put(cluster("a"), 1).put(cluster("b"), 1).put(listener("l"), 1).publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS).ask(LISTENERS);
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a", "b");
    assertThat(client.accept(LISTENERS).resources()).containsOnlyKeys("l");
    assertThat(client.quiet()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aRequestWithoutNamesAsksForNoEndpoints(Protocol protocol) {
    world.put(endpoints("a"), 1).publish();
    assertThat(Client.of(world, protocol).ask(ENDPOINTS).quiet()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void theStarAsksForEverything(Protocol protocol) {
    world.put(cluster("a"), 1).put(cluster("b"), 1).publish();
    assertThat(Client.of(world, protocol).ask(CLUSTERS, "*").accept(CLUSTERS).resources())
        .containsOnlyKeys("a", "b");
  }

  @ParameterizedTest
  @EnumSource
  void anEmptyAnswerToAWildcardIsSentAtOnce(Protocol protocol) {
    world.put(listener("l"), 1).publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS);
    assertThat(client.accept(CLUSTERS).resources()).isEmpty();
    assertThat(client.quiet()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void anEmptySnapshotIsAnAnswerToo(Protocol protocol) {
    Client client = Client.of(world, protocol).ask(CLUSTERS);
    assertThat(client.quiet()).as("before the first snapshot").isTrue();
    world.publish();
    assertThat(client.accept(CLUSTERS).resources()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsAnsweredBeforeTheGroupsFirstSnapshot(Protocol protocol) {
    Client client = Client.of(world, protocol).ask(CLUSTERS).ask(ROUTES, "r");
    assertThat(client.quiet()).isTrue();
    assertThat(world.asked).containsExactly(World.GATEWAY);
    world.put(cluster("a"), 1).put(route("r"), 1).publish();
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a");
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("r");
  }

  @ParameterizedTest
  @EnumSource
  void namedResourcesComeAlone(Protocol protocol) {
    world.put(cluster("a"), 1).put(cluster("b"), 1).put(route("r"), 1).put(route("s"), 1).publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS, "a").ask(ROUTES, "r");
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a");
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("r");
    world.put(cluster("b"), 2).put(route("s"), 2).publish();
    assertThat(client.quiet()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void anAcknowledgmentIsNotAnswered(Protocol protocol) {
    world.put(cluster("a"), 1).publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS);
    client.accept(CLUSTERS);
    assertThat(client.quiet()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void theSameContentPublishedAgainIsNotSent(Protocol protocol) {
    world.put(cluster("a"), 1).publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS);
    client.accept(CLUSTERS);
    world.put(cluster("a"), 1).publish();
    assertThat(client.quiet()).isTrue();
  }

  @Test
  void stateOfTheWorldRepeatsAllClustersWhenOneChanges() {
    world.put(cluster("a"), 1).put(cluster("b"), 1).publish();
    Client client = Client.sotw(world).ask(CLUSTERS);
    client.accept(CLUSTERS);
    world.put(cluster("a"), 2).publish();
    assertThat(client.accept(CLUSTERS).resources())
        .isEqualTo(Map.of("a", world.version(cluster("a")), "b", world.version(cluster("b"))));
  }

  @Test
  void stateOfTheWorldSendsOnlyTheEndpointsThatChanged() {
    world.put(endpoints("a"), 1).put(endpoints("b"), 1).publish();
    Client client = Client.sotw(world).ask(ENDPOINTS, "a", "b");
    assertThat(client.accept(ENDPOINTS).resources()).containsOnlyKeys("a", "b");
    world.put(endpoints("a"), 2).publish();
    assertThat(client.accept(ENDPOINTS).resources()).containsOnlyKeys("a");
  }

  @Test
  void incrementalSendsOnlyWhatChanged() {
    world.put(cluster("a"), 1).put(cluster("b"), 1).publish();
    Client client = Client.delta(world).ask(CLUSTERS);
    client.accept(CLUSTERS);
    world.put(cluster("a"), 2).put(cluster("c"), 1).publish();
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a", "c");
  }

  @Test
  void stateOfTheWorldRemovesAClusterByLeavingItOut() {
    world.put(cluster("a"), 1).put(cluster("b"), 1).publish();
    Client client = Client.sotw(world).ask(CLUSTERS);
    client.accept(CLUSTERS);
    world.drop(cluster("b")).publish();
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a");
    world.drop(cluster("a")).publish();
    assertThat(client.accept(CLUSTERS).resources()).isEmpty();
  }

  @Test
  void stateOfTheWorldSaysNothingOfRemovedEndpoints() {
    world.put(endpoints("a"), 1).put(endpoints("b"), 1).publish();
    Client client = Client.sotw(world).ask(ENDPOINTS, "a", "b");
    client.accept(ENDPOINTS);
    world.drop(endpoints("b")).publish();
    assertThat(client.quiet()).isTrue();
    world.put(endpoints("b"), 1).publish();
    assertThat(client.quiet()).as("the client has it still").isTrue();
    world.put(endpoints("b"), 2).publish();
    assertThat(client.accept(ENDPOINTS).resources()).containsOnlyKeys("b");
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTERS", "LISTENERS", "ROUTES", "ENDPOINTS", "EXTENSIONS"})
  void incrementalNamesWhatWasRemoved(io.convoy.translation.ResourceType type) {
    var a = new io.convoy.translation.ResourceKey(type, "a");
    var b = new io.convoy.translation.ResourceKey(type, "b");
    world.put(a, 1).put(b, 1).publish();
    Client client = Client.delta(world).ask(type, "a", "b");
    client.accept(type);
    world.drop(b).publish();
    Reply reply = client.accept(type);
    assertThat(reply.removed()).containsExactly("b");
    assertThat(reply.resources()).isEmpty();
    world.put(b, 2).publish();
    assertThat(client.accept(type).resources()).containsOnlyKeys("b");
  }

  @Test
  void incrementalSaysAtOnceThatAResourceDoesNotExist() {
    world.put(route("r"), 1).publish();
    Client client = Client.delta(world).ask(ROUTES, "r", "none");
    Reply reply = client.accept(ROUTES);
    assertThat(reply.resources()).containsOnlyKeys("r");
    assertThat(reply.removed()).containsExactly("none");
    world.put(route("none"), 1).publish();
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("none");
  }

  @Test
  void stateOfTheWorldSendsAResourceOnceItExists() {
    world.put(cluster("a"), 1).publish();
    Client client = Client.sotw(world).ask(ROUTES, "none").ask(CLUSTERS, "a", "z");
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a");
    assertThat(client.quiet()).isTrue();
    world.put(route("none"), 1).put(cluster("z"), 1).publish();
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a", "z");
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("none");
  }

  @ParameterizedTest
  @EnumSource
  void anotherNameIsAnsweredAlone(Protocol protocol) {
    world.put(route("r"), 1).put(route("s"), 1).publish();
    Client client = Client.of(world, protocol).ask(ROUTES, "r");
    client.accept(ROUTES);
    if (protocol == Protocol.SOTW) {
      client.ask(ROUTES, "r", "s");
    } else {
      client.ask(ROUTES, "s");
    }
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("s");
  }

  @Test
  void incrementalAnswersASubscriptionAgainAlthoughNothingChanged() {
    world.put(route("r"), 1).publish();
    Client client = Client.delta(world).ask(ROUTES, "r");
    client.accept(ROUTES);
    client.ask(ROUTES, "r");
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("r");
  }

  @Test
  void aNameAskedForAgainAfterLeavingItIsSentAgain() {
    world.put(route("r"), 1).put(route("s"), 1).publish();
    Client client = Client.sotw(world).ask(ROUTES, "r", "s");
    client.accept(ROUTES);
    client.ask(ROUTES, "r");
    assertThat(client.quiet()).isTrue();
    client.ask(ROUTES, "r", "s");
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("s");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsLeftIsNotUpdated(Protocol protocol) {
    world.put(route("r"), 1).put(route("s"), 1).publish();
    Client client = Client.of(world, protocol).ask(ROUTES, "r", "s");
    client.accept(ROUTES);
    if (protocol == Protocol.SOTW) {
      client.ask(ROUTES, "r");
    } else {
      client.leave(ROUTES, "s", "phantom");
    }
    world.put(route("r"), 2).put(route("s"), 2).publish();
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("r");
  }

  @ParameterizedTest
  @EnumSource
  void leavingTheLastNameIsNotAWildcard(Protocol protocol) {
    world.put(cluster("a"), 1).put(cluster("b"), 1).publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS, "a");
    client.accept(CLUSTERS);
    if (protocol == Protocol.SOTW) {
      client.ask(CLUSTERS);
    } else {
      client.leave(CLUSTERS, "a").ask(CLUSTERS);
    }
    world.put(cluster("a"), 2).put(cluster("b"), 2).publish();
    assertThat(client.quiet()).isTrue();
  }

  @Test
  void stateOfTheWorldNamesReplaceAnImplicitWildcard() {
    world.put(cluster("a"), 1).put(cluster("b"), 1).publish();
    Client client = Client.sotw(world).ask(CLUSTERS);
    client.accept(CLUSTERS);
    client.ask(CLUSTERS, "*", "a");
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a", "b");
    client.ask(CLUSTERS, "a");
    world.put(cluster("a"), 2).put(cluster("b"), 2).publish();
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a");
    client.ask(CLUSTERS);
    world.put(cluster("a"), 3).publish();
    assertThat(client.quiet()).isTrue();
  }

  @Test
  void incrementalNamesStandBesideAnImplicitWildcard() {
    world.put(cluster("a"), 1).put(cluster("b"), 1).publish();
    Client client = Client.delta(world).ask(CLUSTERS);
    client.accept(CLUSTERS);
    client.ask(CLUSTERS, "a");
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a");
    world.put(cluster("b"), 2).publish();
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("b");
    client.leave(CLUSTERS, "*");
    world.put(cluster("a"), 2).put(cluster("b"), 3).publish();
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a");
    client.leave(CLUSTERS, "a");
    world.put(cluster("a"), 3).publish();
    assertThat(client.quiet()).isTrue();
  }

  @Test
  void leavingANameUnderAWildcardIsAnsweredWithTheResourceOrItsRemoval() {
    world.put(cluster("a"), 1).publish();
    Client client = Client.delta(world).ask(CLUSTERS, "*", "a", "none");
    Reply first = client.accept(CLUSTERS);
    assertThat(first.resources()).containsOnlyKeys("a");
    assertThat(first.removed()).containsExactly("none");
    client.leave(CLUSTERS, "a", "none");
    Reply second = client.accept(CLUSTERS);
    assertThat(second.resources()).containsOnlyKeys("a");
    assertThat(second.removed()).containsExactly("none");
  }

  @Test
  void aClientThatComesBackGetsOnlyTheDifference() {
    world
        .put(cluster("same"), 1)
        .put(cluster("changed"), 1)
        .put(cluster("gone"), 1)
        .put(cluster("kept"), 1)
        .publish();
    var held =
        Map.of(
            "same", world.version(cluster("same")),
            "changed", world.version(cluster("changed")),
            "gone", world.version(cluster("gone")));
    world.put(cluster("changed"), 2).drop(cluster("gone")).drop(cluster("kept")).publish();
    Client client =
        Client.delta(world)
            .resume(CLUSTERS, held)
            .ask(LISTENERS)
            .resume(ROUTES, Map.of(), "r")
            .ask(EXTENSIONS, "e");
    assertThat(client.take().resources()).containsOnlyKeys("changed");
  }

  @Test
  void aClientThatComesBackUnchangedGetsNothing() {
    world.put(cluster("a"), 1).put(route("r"), 1).put(listener("l"), 1).publish();
    Client client =
        Client.delta(world)
            .resume(CLUSTERS, Map.of("a", world.version(cluster("a"))))
            .resume(LISTENERS, Map.of("l", world.version(listener("l"))))
            .resume(ROUTES, Map.of("r", world.version(route("r"))), "r");
    assertThat(client.quiet()).isTrue();
    assertThat(world.type("delta", CLUSTERS).resources()).isEqualTo(1);
  }
}
