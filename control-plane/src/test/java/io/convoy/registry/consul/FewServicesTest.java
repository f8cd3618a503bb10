package io.convoy.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.catalog.Instance;
import io.convoy.fixture.Await;
import io.convoy.registry.Recorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * While there are few services one query follows them all; of many, lists tell that they change.
 */
class FewServicesTest {
  private static final String ALL = "internal/ui/nodes";
  private static final String LIST = "catalog/services";

  private final FakeConsul consul = new FakeConsul();
  private final Recorder seen = new Recorder();
  private final ConsulRegistry registry =
      new ConsulRegistry(ConsulSettings.of(consul.url()), new SimpleMeterRegistry());

  @BeforeEach
  void start() {
    consul.setInstance("user", 9001, 10);
    registry.start(seen);
    Await.until("all parts are up", () -> seen.partsUp().equals(registry.parts()));
  }

  @AfterEach
  void stop() {
    registry.close();
    consul.close();
  }

  @Test
  void everyChangeIsOneAnswer() {
    consul.setInstance("user", 9002, 11);
    awaitPort(9002);
    int asked = consul.requests(LIST);
    int read = consul.requests(ALL);
    for (int i = 1; i <= 20; i++) {
      consul.setInstance("user", 9100 + i, 100 + i);
      awaitPort(9100 + i);
    }
    assertThat(consul.requests(LIST) - asked).isLessThanOrEqualTo(1);
    assertThat(consul.requests(ALL) - read).isBetween(20, 22);
  }

  @Test
  void manyAreReadWhenAListTellsThatTheyChanged() {
    consul.set(ALL, FakeConsul.node(many(), 9002), 20);
    awaitPort(9002);
    // Too many to be sent whenever anything changes: this alone is not seen.
    consul.set(ALL, FakeConsul.node(many(), 9003), 30);
    int read = consul.requests(ALL);
    consul.set(LIST, "{}", 30);
    awaitPort(9003);
    assertThat(consul.requests(ALL) - read).isEqualTo(1);
  }

  @Test
  void fewAgainAreFollowedAgain() {
    consul.set(ALL, FakeConsul.node(many(), 9002), 20);
    awaitPort(9002);
    consul.setInstance("user", 9003, 30);
    awaitPort(9003);
    consul.set(ALL, FakeConsul.node("user", 9004), 40);
    awaitPort(9004);
  }

  @Test
  void afterAFailureTheListsAreAskedAgain() {
    consul.setInstance("user", 9002, 11);
    awaitPort(9002);
    int asked = consul.requests(LIST);
    consul.fail(ALL, FakeConsul.status(500, "text/plain", "No cluster leader"));
    Await.until("the list is asked", () -> consul.requests(LIST) > asked);
    assertThat(seen.service("user")).isPresent();
    consul.heal();
    Await.until("all parts are up", () -> seen.partsUp().equals(registry.parts()));
    consul.setInstance("user", 9003, 12);
    awaitPort(9003);
  }

  private static List<String> many() {
    return Stream.concat(
            Stream.of("user"), IntStream.range(0, ServiceReader.LITTLE).mapToObj(i -> "other-" + i))
        .toList();
  }

  private void awaitPort(int port) {
    Await.until(
        "the port is " + port,
        () -> seen.instance("user").map(Instance::port).filter(p -> p == port).isPresent());
  }
}
