package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.translation.ResourceType.LISTENERS;
import static io.convoy.xds.Make.cluster;
import static io.convoy.xds.Make.listener;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
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

  private World put(ResourceType type, String name, int number) {
    return world.put(new ResourceKey(type, name), number);
  }

  private String version(ResourceType type, String name) {
    return world.version(new ResourceKey(type, name));
  }
}
