package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.translation.ResourceType.LISTENERS;
import static io.convoy.translation.ResourceType.ROUTES;
import static io.convoy.xds.Make.cluster;
import static io.convoy.xds.Make.listener;
import static io.convoy.xds.Make.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.policy.DocumentId;
import io.convoy.xds.Client.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens after a NACK: nothing is sent twice, the culprit is found, the rest flows. */
class RejectionTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  private Client holding(Protocol protocol, String... clusters) {
    for (String name : clusters) {
      world.put(cluster(name), 1);
    }
    world.publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS);
    client.accept(CLUSTERS);
    return client;
  }

  @ParameterizedTest
  @EnumSource
  void whatWasRefusedIsNotSentAgain(Protocol protocol) {
    Client client = holding(protocol, "a");
    String good = world.version(cluster("a"));
    world.put(cluster("a"), 2).publish();
    client.nack(client.take(), "no such filter");

    // The last good version goes back.
    assertThat(client.accept(CLUSTERS).resources()).isEqualTo(Map.of("a", good));
    world.put(cluster("a"), 2).publish();
    world.put(cluster("unrelated"), 1).publish();
    assertThat(client.accept(CLUSTERS).resources())
        .containsKey("unrelated")
        .doesNotContainEntry("a", world.version(cluster("a")));
    assertThat(client.quiet()).isTrue();
    assertThat(world.count("convoy.xds.nacks", "type", "clusters")).isEqualTo(1);
  }

  /** The port may be free a moment later, and on all other machines it is. */
  @ParameterizedTest
  @EnumSource
  void aListenerWithoutASocketIsTriedAgainAndNobodyElseLosesIt(Protocol protocol) {
    String words = "Error adding/updating listener(s) l: cannot bind '0.0.0.0:80': in use";
    world.put(listener("l"), 1).publish();
    Client client = Client.of(world, protocol).ask(LISTENERS);
    client.nack(client.take(), words);
    assertThat(client.accept(LISTENERS).resources()).isEmpty();
    world.clock.pass(Duration.ofSeconds(3));
    assertThat(client.quiet()).isTrue();
    world.clock.pass(Duration.ofSeconds(3));
    client.nack(client.take(), words);
    assertThat(client.accept(LISTENERS).resources()).isEmpty();
    world.clock.pass(Duration.ofSeconds(7));
    assertThat(client.quiet()).isTrue();
    world.clock.pass(Duration.ofSeconds(5));
    assertThat(client.accept(LISTENERS).resources()).containsOnlyKeys("l");
    world.clock.pass(Duration.ofHours(1));
    assertThat(client.quiet()).isTrue();
    assertThat(world.rejections).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatRefusesForEverGetsNoStormOfResponses(Protocol protocol) {
    Client client = holding(protocol, "a", "b", "c", "d");
    world.put(cluster("a"), 2).put(cluster("b"), 2).put(cluster("c"), 2).put(cluster("d"), 2);
    world.publish();
    int responses = 0;
    Set<Map<String, String>> contents = new HashSet<>();
    while (!client.quiet()) {
      Reply reply = client.take();
      client.nack(reply, "I don't like this");
      responses++;
      if (protocol == Protocol.DELTA) {
        assertThat(contents.add(reply.resources())).as("new content: " + reply).isTrue();
      }
    }
    assertThat(responses).isLessThan(16);
  }

  @ParameterizedTest
  @EnumSource
  void theCulpritIsFoundInEnvoysWords(Protocol protocol) {
    Client client = holding(protocol, "user", "user-next", "order");
    String good = world.version(cluster("user"));
    world.put(cluster("user"), 2).put(cluster("user-next"), 2).put(cluster("order"), 2).publish();
    client.nack(client.take(), "Error adding/updating cluster(s) user: bad, really");
    assertThat(client.accept(CLUSTERS).resources())
        .isEqualTo(
            Map.of(
                "user", good,
                "user-next", world.version(cluster("user-next")),
                "order", world.version(cluster("order"))));
    assertThat(client.quiet()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void theCulpritIsFoundByHalves(Protocol protocol) {
    var names = new ArrayList<String>();
    for (int i = 0; i < 100; i++) {
      names.add("c" + i);
    }
    Client client = holding(protocol, names.toArray(String[]::new));
    String good = world.version(cluster("c42"));
    names.forEach(name -> world.put(cluster(name), 2));
    world.publish();
    int responses = settle(client, Set.of(world.version(cluster("c42"))));
    assertThat(responses).isLessThan(2 * 8 + 2);
    world.resources.values().stream()
        .filter(r -> !r.key().name().equals("c42"))
        .forEach(r -> assertThat(held(client)).containsEntry(r.key().name(), r.version()));
    assertThat(held(client)).containsEntry("c42", good);
  }

  private final Map<String, String> held = new java.util.TreeMap<>();

  private Map<String, String> held(Client ignored) {
    return held;
  }

  /** Answers as a client that refuses responses with these versions in them, without a word. */
  private int settle(Client client, Set<String> bad) {
    int responses = 0;
    while (!client.quiet()) {
      Reply reply = client.take();
      responses++;
      if (reply.resources().values().stream().anyMatch(bad::contains)) {
        client.nack(reply, "refused");
      } else {
        held.putAll(reply.resources());
        client.ack(reply);
      }
    }
    return responses;
  }

  @ParameterizedTest
  @EnumSource
  void severalCulpritsAreFoundByHalves(Protocol protocol) {
    var names = List.of("a", "b", "c", "d", "e", "f", "g", "h");
    Client client = holding(protocol, names.toArray(String[]::new));
    names.forEach(name -> world.put(cluster(name), 2));
    world.publish();
    var bad =
        Set.of(
            world.version(cluster("b")), world.version(cluster("c")), world.version(cluster("h")));
    settle(client, bad);
    for (String name : List.of("a", "d", "e", "f", "g")) {
      assertThat(held).containsEntry(name, world.version(cluster(name)));
    }
    for (String name : List.of("b", "c", "h")) {
      assertThat(held.get(name)).isNotEqualTo(world.version(cluster(name)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRefusedNewcomerIsLeftOut(Protocol protocol) {
    Client client = holding(protocol, "a");
    world.put(cluster("new"), 1).put(cluster("a"), 2).publish();
    client.nack(client.take(), "cluster 'new': bad");
    Reply rest = client.accept(CLUSTERS);
    assertThat(rest.resources()).isEqualTo(Map.of("a", world.version(cluster("a"))));
    assertThat(client.quiet()).isTrue();
  }

  /** Left out, the cluster would be gone, and the client had a good one. */
  @Test
  void aClientThatComesBackGetsTheLastGoodVersionOfWhatItRefuses() {
    Client client = holding(Protocol.SOTW, "a");
    String good = world.version(cluster("a"));
    world.put(cluster("a"), 2).publish();
    client.nack(client.take(), "bad");
    client.accept(CLUSTERS);
    client.cancel();
    Client again = Client.sotw(world).ask(CLUSTERS);
    again.nack(again.take(), "still bad");
    assertThat(again.accept(CLUSTERS).resources()).isEqualTo(Map.of("a", good));
  }

  @Test
  void theNextVersionEndsTheQuarantine() {
    Client client = holding(Protocol.DELTA, "a");
    world.put(cluster("a"), 2).publish();
    client.nack(client.take(), "bad");
    client.accept(CLUSTERS);
    world.put(cluster("a"), 3).publish();
    assertThat(client.accept(CLUSTERS).resources())
        .isEqualTo(Map.of("a", world.version(cluster("a"))));
    assertThat(world.type("delta", CLUSTERS).error()).isEmpty();
    world.put(cluster("a"), 2).publish();
    assertThat(client.quiet()).as("refused before, refused again").isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void otherTypesFlowMeanwhile(Protocol protocol) {
    Client client = holding(protocol, "a").ask(LISTENERS);
    client.accept(LISTENERS);
    world.put(cluster("a"), 2).publish();
    Reply refused = client.take();
    world.put(listener("l"), 1).publish();
    client.accept(LISTENERS);
    client.nack(refused, "bad");
    client.accept(CLUSTERS);
  }

  @ParameterizedTest
  @EnumSource
  void aRouteThatNamesARefusedClusterGoesInTime(Protocol protocol) {
    Client client = holding(protocol, "a").ask(ROUTES, "r");
    if (protocol == Protocol.DELTA) {
      client.accept(ROUTES);
    }
    world.put(cluster("new"), 1).put(route("r"), 1, cluster("new")).publish();
    client.nack(client.take(), "bad");
    assertThat(client.accept(CLUSTERS).resources()).doesNotContainKey("new");
    client.accept(ROUTES);
  }

  @Test
  void aRefusedLastGoodVersionIsNotSentAThirdTime() {
    Client client = holding(Protocol.DELTA, "a");
    world.put(cluster("a"), 2).publish();
    client.nack(client.take(), "bad");
    client.nack(client.take(), "and this no more");
    assertThat(client.quiet()).isTrue();
  }

  @Test
  void enoughRefusalsAreReportedWithTheDocuments() {
    Client one = new Client(world.channel, Protocol.DELTA, "one").ask(CLUSTERS);
    Client two = new Client(world.channel, Protocol.SOTW, "two").ask(CLUSTERS);
    Client three = new Client(world.channel, Protocol.SOTW, "three").ask(CLUSTERS);
    world.put(cluster("a"), 1).publish();
    List.of(one, two, three).forEach(client -> client.accept(CLUSTERS));
    world.put(cluster("a"), 2).publish();
    one.nack(one.take(), "bad");
    assertThat(world.rejections).isEmpty();
    two.nack(two.take(), "as bad");
    assertThat(world.rejections)
        .containsExactly(
            new World.Rejection(
                World.GATEWAY, cluster("a"), world.version(cluster("a")), "as bad"));
    three.nack(three.take(), "bad");
    assertThat(world.rejections).as("told once").hasSize(1);
  }

  @Test
  void theOnlyEnvoysRefusalIsEnough() {
    Client client = holding(Protocol.DELTA, "a");
    world.put(cluster("a"), 2).publish();
    client.nack(client.take(), "bad");
    assertThat(world.rejections).hasSize(1);
  }

  @Test
  void theDocumentIsNotProgrammedAndSaysWhy() {
    Client client = holding(Protocol.DELTA, "a");
    world.put(cluster("a"), 2).publish();
    client.nack(client.take(), "no such filter");
    client.accept(CLUSTERS);
    Programmed programmed = world.server.programmed(new DocumentId("service-defaults", "a"));
    assertThat(programmed).isEqualTo(new Programmed(0, 1, java.util.Optional.of("no such filter")));
    TypeStatus status = world.type("delta", CLUSTERS);
    assertThat(status.error()).contains("no such filter");
    assertThat(status.nacked()).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void removalsInARefusedResponseAreRepeated(Protocol protocol) {
    Client client = holding(protocol, "a", "gone");
    world.put(cluster("a"), 2).drop(cluster("gone")).publish();
    client.nack(client.take(), "bad");
    Reply reply = client.accept(CLUSTERS);
    if (protocol == Protocol.DELTA) {
      assertThat(reply.removed()).containsExactly("gone");
    }
    assertThat(reply.resources()).containsOnlyKeys("a");
  }

  @Test
  void namesInWordsEndWhereNamesEnd() {
    var names = List.of("user", "user-next", "v2.user", "order");
    assertThat(Culprits.named("Error adding/updating cluster(s) user: x", names))
        .containsExactly("user");
    assertThat(Culprits.named("cluster 'v2.user' is bad. order.", names))
        .containsExactlyInAnyOrder("v2.user", "order");
    assertThat(Culprits.named("user-next: y, order-2: z", names)).containsExactly("user-next");
    assertThat(Culprits.named("nothing said", names)).isEmpty();
  }

  /** One of two suspects waits for a cluster: nobody who is not suspected waits with it. */
  @ParameterizedTest
  @EnumSource
  void aSuspectThatWaitsForItsTurnHoldsUpNoOther(Protocol protocol) {
    world.put(route("a"), 1).put(route("b"), 1).put(route("c"), 1).publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS).ask(ROUTES, "a", "b", "c");
    client.accept(CLUSTERS);
    client.accept(ROUTES);
    world.put(route("a"), 2).put(route("b"), 2).publish();
    Reply both = client.take();
    world.put(cluster("new"), 1).put(route("a"), 3, cluster("new")).publish();
    Reply clusters = client.take();
    assertThat(clusters.type()).isEqualTo(CLUSTERS);
    client.nack(both, "refused");
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("b");

    world.put(route("c"), 2).publish();
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("c");
    assertThat(client.quiet()).as("a waits for its cluster").isTrue();
    client.ack(clusters);
    assertThat(client.accept(ROUTES).resources()).containsOnlyKeys("a");
  }
}
