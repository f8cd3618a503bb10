package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.translation.ResourceType.EXTENSIONS;
import static io.convoy.translation.ResourceType.LISTENERS;
import static io.convoy.translation.ResourceType.ROUTES;
import static io.convoy.xds.Make.cluster;
import static io.convoy.xds.Make.extension;
import static io.convoy.xds.Make.listener;
import static io.convoy.xds.Make.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.policy.DocumentId;
import io.convoy.translation.ResourceKey;
import io.convoy.xds.Client.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A listener prepares slots: extensions that it names and that mostly are not there. Route
 * configurations say which of them are in use.
 */
class SlotsTest {
  private static final DocumentId X = new DocumentId("security-policy", "x");
  private static final DocumentId Y = new DocumentId("security-policy", "y");
  private static final int SLOTS = 4;

  private final World world = new World(World.order(Duration.ofSeconds(5), Duration.ofMinutes(10)));

  @AfterEach
  void close() {
    world.close();
  }

  private static ResourceKey slot(int number) {
    return extension("jwt/" + number);
  }

  private static String[] slots() {
    return IntStream.range(0, SLOTS).mapToObj(i -> slot(i).name()).toArray(String[]::new);
  }

  private void listens(int number) {
    var names =
        java.util.stream.Stream.concat(
            java.util.stream.Stream.of(route("r")),
            IntStream.range(0, SLOTS).mapToObj(SlotsTest::slot));
    world.put(listener("l"), number, names.toArray(ResourceKey[]::new));
  }

  /** A client that has taken over a listener with slots and a route that uses none. */
  private Client settled(Protocol protocol) {
    listens(1);
    world.put(route("r"), 1).publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS).ask(LISTENERS);
    settle(client);
    client.ask(EXTENSIONS, slots()).ask(ROUTES, "r");
    settle(client);
    return client;
  }

  private static void settle(Client client) {
    while (!client.quiet()) {
      client.ack(client.take());
    }
  }

  @Test
  void incrementalSaysOnceThatASlotIsEmpty() {
    listens(1);
    world.put(slot(1), 1, X).put(route("r"), 1).publish();
    Client client = Client.delta(world).ask(EXTENSIONS, slots());
    Reply reply = client.accept(EXTENSIONS);
    assertThat(reply.resources()).containsOnlyKeys("jwt/1");
    assertThat(reply.removed()).containsExactly("jwt/0", "jwt/2", "jwt/3");
    world.put(slot(1), 2, X).publish();
    assertThat(client.accept(EXTENSIONS).removed()).isEmpty();
    assertThat(client.quiet()).isTrue();
  }

  @Test
  void theStateOfTheWorldLeavesEmptySlotsOut() {
    listens(1);
    world.put(route("r"), 1).publish();
    Client client = Client.sotw(world).ask(EXTENSIONS, slots());
    assertThat(client.quiet()).isTrue();
    world.put(slot(1), 1, X).publish();
    assertThat(client.accept(EXTENSIONS).resources()).containsOnlyKeys("jwt/1");
    assertThat(client.quiet()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aListenerWaitsForNoSlotAndARouteOnlyForThoseThatItUses(Protocol protocol) {
    listens(1);
    world.put(slot(1), 1, X).put(slot(2), 1, Y).put(route("r"), 1, slot(1)).publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS).ask(LISTENERS);
    client.accept(CLUSTERS);
    client.accept(LISTENERS);
    client.ask(ROUTES, "r");
    assertThat(client.quiet()).as("Envoy is about to ask for the slots").isTrue();
    client.ask(EXTENSIONS, slots());
    Reply content = client.take();
    assertThat(content.resources()).containsOnlyKeys("jwt/1", "jwt/2");
    assertThat(client.quiet()).isTrue();
    client.ack(content);
    client.accept(ROUTES);
  }

  @ParameterizedTest
  @EnumSource
  void contentComesChangesAndGoesAfterTheRouteThatUsedIt(Protocol protocol) {
    Client client = settled(protocol);
    world.put(slot(0), 1, X).put(route("r"), 2, slot(0)).publish();
    Reply content = client.take();
    assertThat(content.resources()).containsOnlyKeys("jwt/0");
    assertThat(client.quiet()).as("the route waits for the content").isTrue();
    client.ack(content);
    client.accept(ROUTES);

    world.put(slot(0), 2, X).publish();
    assertThat(client.accept(EXTENSIONS).resources()).containsOnlyKeys("jwt/0");
    assertThat(client.quiet()).isTrue();

    world.drop(slot(0)).put(route("r"), 3).publish();
    Reply routes = client.take();
    assertThat(routes.type()).isEqualTo(ROUTES);
    assertThat(client.quiet()).as("the old route may still use it").isTrue();
    client.ack(routes);
    if (protocol == Protocol.DELTA) {
      assertThat(client.accept(EXTENSIONS).removed()).containsExactly("jwt/0");
    }
    assertThat(client.quiet()).isTrue();
    assertThat(world.count("convoy.xds.order.timeouts", "type", "extensions")).isEqualTo(0);
  }

  @Test
  void contentStaysWhileAnyRouteConfigurationUsesIt() {
    Client client = settled(Protocol.DELTA);
    world
        .put(slot(0), 1, X)
        .put(route("r"), 2, slot(0))
        .put(route("s"), 1, slot(0))
        .put(listener("m"), 1, route("s"), slot(0))
        .publish();
    client.ask(ROUTES, "s");
    settle(client);
    world.drop(slot(0)).put(route("r"), 3).publish();
    client.accept(ROUTES);
    world.clock.pass(Duration.ofMinutes(1));
    assertThat(client.quiet()).as("one still uses it").isTrue();
    world.put(route("s"), 2).publish();
    client.accept(ROUTES);
    assertThat(client.accept(EXTENSIONS).removed()).containsExactly("jwt/0");
  }

  /** A changed listener drains, but both name the same slots. */
  @Test
  void aListenerThatDrainsHoldsNoContent() {
    Client client = settled(Protocol.DELTA);
    world.put(slot(0), 1, X).put(route("r"), 2, slot(0)).publish();
    settle(client);
    listens(2);
    world.drop(slot(0)).put(route("r"), 3).publish();
    client.accept(LISTENERS);
    client.accept(ROUTES);
    assertThat(client.accept(EXTENSIONS).removed()).containsExactly("jwt/0");
  }

  /** An extension that is not prepared, without a default: an Envoy would fail without it. */
  @Test
  void whatAListenerNamedAndNoLongerDoesStaysUntilItHasDrained() {
    Client client = settled(Protocol.DELTA).ask(EXTENSIONS, "own");
    client.accept(EXTENSIONS);
    world.put(extension("own"), 1).put(listener("m"), 1, extension("own")).publish();
    settle(client);
    world.drop(extension("own")).put(listener("m"), 2).publish();
    client.accept(LISTENERS);
    assertThat(client.quiet()).isTrue();
    world.clock.pass(Duration.ofMinutes(10));
    assertThat(client.accept(EXTENSIONS).removed()).containsExactly("own");
  }

  /**
   * In the state of the world a slot keeps its content until there is another: a route that begins
   * to use it waits for that one.
   */
  @ParameterizedTest
  @EnumSource
  void aRouteThatBeginsToUseASlotDoesNotFindAnotherDocumentsContent(Protocol protocol) {
    Client client = settled(protocol);
    world.put(slot(0), 1, X).put(route("r"), 2, slot(0)).publish();
    settle(client);
    world.drop(slot(0)).put(route("r"), 3).publish();
    settle(client);
    world.put(slot(0), 2, Y).put(route("r"), 4, slot(0)).publish();
    Reply content = client.take();
    assertThat(content.resources()).containsOnlyKeys("jwt/0");
    assertThat(client.quiet()).isTrue();
    client.ack(content);
    client.accept(ROUTES);
  }

  /** The content that changes every moment is the same document's: no need for the very newest. */
  @ParameterizedTest
  @EnumSource
  void aRouteIsNotHeldUpByContentThatChangesAllTheTime(Protocol protocol) {
    Client client = settled(protocol);
    world.put(slot(0), 1, X).put(route("r"), 2, slot(0)).publish();
    Reply content = client.take();
    world.put(slot(0), 2, X).publish();
    client.ack(content);
    assertThat(client.take().type()).isEqualTo(EXTENSIONS);
    assertThat(client.take().type()).isEqualTo(ROUTES);
  }

  /** Replaced at once: the content first, as for every change of a slot that stays in use. */
  @ParameterizedTest
  @EnumSource
  void contentOfAnotherDocumentGoesBeforeTheRouteThatChangesWithIt(Protocol protocol) {
    Client client = settled(protocol);
    world.put(slot(0), 1, X).put(route("r"), 2, slot(0)).publish();
    settle(client);
    world.put(slot(0), 2, Y).put(route("r"), 3, slot(0), slot(1)).put(slot(1), 1, X).publish();
    Reply content = client.take();
    assertThat(content.resources()).containsOnlyKeys("jwt/0", "jwt/1");
    assertThat(client.quiet()).isTrue();
    client.ack(content);
    client.accept(ROUTES);
    assertThat(client.quiet()).isTrue();
  }

  @Test
  void aSlotThatIsEmptiedAndFilledWhileItsRemovalIsUnderWayIsFilledBeforeTheRoute() {
    Client client = settled(Protocol.DELTA);
    world.put(slot(0), 1, X).publish();
    settle(client);
    world.drop(slot(0)).publish();
    Reply removal = client.take();
    assertThat(removal.removed()).containsExactly("jwt/0");
    world.put(slot(0), 1, X).put(route("r"), 2, slot(0)).publish();
    assertThat(client.quiet()).isTrue();
    client.ack(removal);
    Reply content = client.take();
    assertThat(content.resources()).containsOnlyKeys("jwt/0");
    assertThat(client.quiet()).isTrue();
    client.ack(content);
    client.accept(ROUTES);
  }

  @ParameterizedTest
  @EnumSource
  void refusedContentIsReportedAloneAndTheRestFlows(Protocol protocol) {
    Client client = settled(protocol);
    world
        .put(slot(0), 1, X)
        .put(slot(1), 1, Y)
        .put(slot(2), 1, new DocumentId("security-policy", "z"))
        .put(route("r"), 2, slot(0), slot(2))
        .publish();
    Reply content = client.take();
    client.nack(content, "jwt/1: no such key set");
    Reply rest = client.take();
    assertThat(rest.resources()).containsOnlyKeys("jwt/0", "jwt/2");
    client.ack(rest);
    client.accept(ROUTES);
    assertThat(client.quiet()).isTrue();
    assertThat(world.rejections)
        .singleElement()
        .satisfies(rejection -> {
          assertThat(rejection.key()).isEqualTo(slot(1));
          assertThat(rejection.version()).isEqualTo(world.version(slot(1)));
        });
  }

  @ParameterizedTest
  @EnumSource
  void refusedContentNeverStandsInForThatOfAnotherDocument(Protocol protocol) {
    Client client = settled(protocol);
    world.put(slot(0), 1, X).publish();
    settle(client);
    world.put(slot(0), 2, Y).put(route("r"), 2, slot(0)).publish();
    client.nack(client.take(), "bad");
    client.accept(EXTENSIONS); // what it had, once more
    assertThat(client.quiet()).as("the route would find X where Y is meant").isTrue();
    world.drop(slot(0)).put(route("r"), 3).publish();
    if (protocol == Protocol.DELTA) {
      assertThat(client.accept(EXTENSIONS).removed()).containsExactly("jwt/0");
    }
    client.accept(ROUTES);

    // On a new stream there is nothing that could stay: the slot is empty, which guards.
    world.put(slot(1), 1, X).publish();
    settle(client);
    world.put(slot(1), 2, Y).publish();
    Client other = new Client(world.channel, protocol, "other").ask(EXTENSIONS, "jwt/1");
    other.nack(other.take(), "bad");
    if (protocol == Protocol.DELTA) {
      assertThat(other.accept(EXTENSIONS).removed()).containsExactly("jwt/1");
    }
    assertThat(other.quiet()).isTrue();
  }

  @Test
  void aClientThatComesBackIsToldOnlyWhatDiffers() {
    listens(1);
    world
        .put(slot(0), 2, X)
        .put(slot(1), 1, Y)
        .put(route("r"), 1, slot(0), slot(1))
        .put(cluster("c"), 1)
        .publish();
    Client client =
        Client.delta(world)
            .resume(CLUSTERS, Map.of("c", world.version(cluster("c"))))
            .resume(LISTENERS, Map.of("l", world.version(listener("l"))))
            .resume(
                EXTENSIONS,
                Map.of("jwt/0", "old", "jwt/1", world.version(slot(1)), "jwt/2", "gone"),
                slots())
            .resume(ROUTES, Map.of("r", world.version(route("r"))), "r");
    Reply content = client.take();
    assertThat(content.type()).isEqualTo(EXTENSIONS);
    assertThat(content.resources()).as("what changed").containsOnlyKeys("jwt/0");
    assertThat(content.removed()).as("never there").containsExactly("jwt/3");
    client.ack(content);
    assertThat(client.accept(EXTENSIONS).removed())
        .as("not used by the routes that it has")
        .containsExactly("jwt/2");
    assertThat(client.quiet()).isTrue();
    assertThat(world.count("convoy.xds.order.timeouts", "type", "extensions")).isEqualTo(0);
  }

  @Test
  void aClientThatComesBackKeepsContentUntilItHasTheNewRoute() {
    listens(1);
    world.put(route("r"), 2).publish();
    Client client =
        Client.delta(world)
            .resume(LISTENERS, Map.of("l", world.version(listener("l"))))
            .resume(EXTENSIONS, Map.of("jwt/2", "old"), slots())
            .resume(ROUTES, Map.of("r", "old"), "r");
    Reply content = client.accept(EXTENSIONS);
    assertThat(content.removed()).containsExactly("jwt/0", "jwt/1", "jwt/3");
    Reply routes = client.take();
    assertThat(routes.type()).isEqualTo(ROUTES);
    assertThat(client.quiet()).as("nobody knows what the old route uses").isTrue();
    client.ack(routes);
    assertThat(client.accept(EXTENSIONS).removed()).containsExactly("jwt/2");
  }

  /** What a slot held before stays there, but nothing that it named need stay. */
  @Test
  void inTheStateOfTheWorldAForgottenSlotHoldsNoCluster() {
    Client client = settled(Protocol.SOTW);
    world
        .put(cluster("keys"), 1)
        .put(slot(0), 1, X, cluster("keys"))
        .put(route("r"), 2, slot(0))
        .publish();
    settle(client);
    world.drop(slot(0)).drop(cluster("keys")).put(route("r"), 3).publish();
    client.accept(ROUTES);
    assertThat(client.accept(CLUSTERS).resources()).isEmpty();
  }
}
