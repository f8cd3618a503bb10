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

import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.convoy.xds.Client.Reply;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a state-of-the-world response repeats when the subscription or the state changes. */
class StateOfTheWorldTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTERS", "LISTENERS"})
  void aWildcardGetsEverythingAgainWithWhatIsNew(ResourceType type) {
    put(type, "a", 1).publish();
    Client client = Client.sotw(world).ask(type);
    client.accept(type);
    put(type, "b", 1).publish();
    assertThat(client.accept(type).resources()).containsOnlyKeys("a", "b");
    assertThat(client.quiet()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTERS", "LISTENERS"})
  void allThatIsNamedIsRepeatedWhenOneChanges(ResourceType type) {
    put(type, "a", 1);
    put(type, "b", 1);
    put(type, "c", 1).publish();
    Client client = Client.sotw(world).ask(type, "a", "c");
    client.accept(type);
    put(type, "a", 2).publish();
    assertThat(client.accept(type).resources())
        .isEqualTo(Map.of("a", version(type, "a"), "c", version(type, "c")));
    assertThat(client.quiet()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLUSTERS", "LISTENERS"})
  void whatIsNoLongerNamedIsNotRepeated(ResourceType type) {
    put(type, "a", 1);
    put(type, "b", 1).publish();
    Client client = Client.sotw(world).ask(type, "a", "b");
    client.accept(type);
    client.ask(type, "a");
    assertThat(client.quiet()).isTrue();
    put(type, "a", 2);
    put(type, "b", 2).publish();
    assertThat(client.accept(type).resources()).containsOnlyKeys("a");
  }

  @ParameterizedTest
  @EnumSource
  void anEmptyNameNamesNothing(ResourceType type) {
    put(type, "a", 1).publish();
    Client client = Client.sotw(world).ask(type, "a");
    client.accept(type);
    client.ask(type, "");
    put(type, "a", 2).publish();
    assertThat(client.quiet()).isTrue();
  }

  @Test
  void aNonceOfAnotherTypeAnswersNeither() {
    world.put(cluster("a"), 1).put(listener("l"), 1).publish();
    Client client = Client.sotw(world).ask(CLUSTERS).ask(LISTENERS);
    client.accept(CLUSTERS);
    var listeners = client.take();
    client.send(client.sotwRequest(CLUSTERS, listeners.nonce()));
    world.put(cluster("a"), 2).put(listener("l"), 2).publish();
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("a");
    assertThat(client.quiet()).as("the listeners are not acknowledged yet").isTrue();
    client.ack(listeners);
    assertThat(client.accept(LISTENERS).resources()).containsOnlyKeys("l");
  }

  /**
   * The protocol has no word for the removal of an extension. As long as a route uses one that the
   * snapshot dropped, whatever it may name stays: its last version may have been taken or not.
   */
  @Test
  void aClusterStaysWhileAnExtensionThatNobodyCanTakeAwayMayNameIt() {
    world
        .put(cluster("old"), 1)
        .put(cluster("new"), 1)
        .put(extension("e"), 1, cluster("old"))
        .put(extension("f"), 1)
        .put(route("r"), 1, extension("e"))
        .publish();
    Client client = Client.sotw(world).ask(CLUSTERS).ask(EXTENSIONS, "e", "f").ask(ROUTES, "r");
    while (!client.quiet()) {
      client.ack(client.take());
    }
    world.put(extension("e"), 2, cluster("new")).put(extension("f"), 2).publish();
    client.nack(client.take(), "refused");
    Reply half = client.take();
    world.drop(extension("e")).drop(cluster("old")).publish();
    client.nack(half, "refused");
    while (!client.quiet()) {
      client.ack(client.take());
    }
    world.clock.pass(Duration.ofDays(1));
    assertThat(client.quiet()).isTrue();

    world.put(route("r"), 2).publish();
    client.accept(ROUTES);
    assertThat(client.accept(CLUSTERS).resources()).containsOnlyKeys("new");
  }

  private World put(ResourceType type, String name, int number) {
    return world.put(new ResourceKey(type, name), number);
  }

  private String version(ResourceType type, String name) {
    return world.version(new ResourceKey(type, name));
  }
}
