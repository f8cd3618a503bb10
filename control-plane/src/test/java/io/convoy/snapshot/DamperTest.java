package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DamperTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Damper.Settings SETTINGS =
      new Damper.Settings(
          Duration.ofSeconds(2), 0.5, 10, Duration.ofSeconds(30), Duration.ofMinutes(10));

  private final Damper damper = new Damper(SETTINGS);

  @Test
  void appearancesAndChangesPassAtOnce() {
    damper.report(List.of(service("user", 2)), List.of(), START);
    assertThat(served("user")).isEqualTo(2);
    damper.report(List.of(service("user", 3)), List.of(), START);
    assertThat(served("user")).isEqualTo(3);
    assertThat(damper.deadline()).isEmpty();
  }

  @Test
  void oneOfSeveralInstancesGoesAtOnce() {
    damper.report(List.of(service("user", 2)), List.of(), START);
    damper.report(List.of(service("user", 1)), List.of(), START);
    assertThat(served("user")).isEqualTo(1);
  }

  @Test
  void theLastInstanceIsKeptForTheDelay() {
    damper.report(List.of(service("user", 1)), List.of(), START);
    damper.report(List.of(), List.of("user"), START.plusSeconds(10));
    assertThat(served("user")).isEqualTo(1);
    assertThat(damper.deadline()).contains(START.plusSeconds(12));
    damper.settle(START.plusMillis(11_999));
    assertThat(served("user")).isEqualTo(1);
    damper.settle(START.plusSeconds(12));
    assertThat(damper.catalog().service("user")).isEmpty();
    assertThat(damper.deadline()).isEmpty();
  }

  @Test
  void anInstanceThatComesBackWithinTheDelayIsServedAsItIsNow() {
    damper.report(List.of(service("user", 1)), List.of(), START);
    damper.report(List.of(), List.of("user"), START);
    damper.report(List.of(service("user", 2)), List.of(), START.plusSeconds(1));
    assertThat(served("user")).isEqualTo(2);
    damper.settle(START.plusSeconds(60));
    assertThat(served("user")).isEqualTo(2);
  }

  @Test
  void aMassDisappearanceIsHeldThoughItArrivesInParts() {
    registerServices(10, 4);
    for (int i = 0; i < 8; i++) {
      damper.report(List.of(service("s" + i, 1)), List.of(), START.plusSeconds(1));
    }
    assertThat(damper.heldSince()).isPresent();
    assertThat(damper.heldInstances()).isEqualTo(24);
    IntStream.range(0, 10).forEach(i -> assertThat(served("s" + i)).isEqualTo(4));
  }

  @Test
  void anEmptyRegistryIsHeld() {
    registerServices(10, 4);
    damper.report(
        List.of(), IntStream.range(0, 10).mapToObj(i -> "s" + i).toList(), START.plusSeconds(1));
    damper.settle(START.plusSeconds(60));
    IntStream.range(0, 10).forEach(i -> assertThat(served("s" + i)).isEqualTo(4));
    assertThat(damper.deadline()).contains(START.plusSeconds(601));
  }

  @Test
  void aHoldEndsWhenEnoughIsBack() {
    registerServices(10, 4);
    damper.report(
        List.of(), IntStream.range(0, 10).mapToObj(i -> "s" + i).toList(), START.plusSeconds(1));
    for (int i = 0; i < 6; i++) {
      damper.report(List.of(service("s" + i, 4)), List.of(), START.plusSeconds(5));
    }
    assertThat(damper.heldSince()).isEmpty();
    assertThat(served("s0")).isEqualTo(4);
    assertThat(damper.catalog().service("s9")).isEmpty();
  }

  @Test
  void aHoldEndsAfterItsLongestTime() {
    registerServices(10, 4);
    damper.report(
        List.of(), IntStream.range(0, 10).mapToObj(i -> "s" + i).toList(), START.plusSeconds(1));
    damper.settle(START.plusSeconds(602));
    assertThat(damper.heldSince()).isEmpty();
    assertThat(damper.catalog().services()).isEmpty();
    assertThat(damper.deadline()).isEmpty();
  }

  @Test
  void changesPassWhileAHoldLasts() {
    registerServices(10, 4);
    damper.report(
        List.of(), IntStream.range(1, 10).mapToObj(i -> "s" + i).toList(), START.plusSeconds(1));
    damper.report(List.of(service("s0", 5), service("new", 1)), List.of(), START.plusSeconds(2));
    assertThat(served("s0")).isEqualTo(5);
    assertThat(served("new")).isEqualTo(1);
    assertThat(served("s5")).isEqualTo(4);
  }

  @Test
  void aSlowScaleDownIsNoMassDisappearance() {
    registerServices(10, 4);
    for (int i = 0; i < 10; i++) {
      damper.report(List.of(service("s" + i, 1)), List.of(), START.plusSeconds(20L * i));
    }
    assertThat(damper.heldSince()).isEmpty();
    IntStream.range(0, 10).forEach(i -> assertThat(served("s" + i)).isEqualTo(1));
  }

  @Test
  void oneServiceIsNeverAMass() {
    damper.report(List.of(service("user", 40), service("order", 1)), List.of(), START);
    damper.report(List.of(service("user", 1)), List.of(), START.plusSeconds(1));
    assertThat(served("user")).isEqualTo(1);
  }

  private void registerServices(int services, int instances) {
    damper.report(
        IntStream.range(0, services).mapToObj(i -> service("s" + i, instances)).toList(),
        List.of(),
        START);
  }

  private int served(String name) {
    return damper.catalog().service(name).orElseThrow().instances().size();
  }

  private static Service service(String name, int instances) {
    return Service.of(
        name, IntStream.range(0, instances).mapToObj(i -> instance(name + "-" + i)).toList());
  }

  private static Instance instance(String id) {
    return new Instance(
        "node",
        id,
        "127.0.0.1",
        8080,
        ImmutableSortedSet.of(),
        ImmutableSortedMap.of(),
        1,
        Health.PASSING,
        Locality.UNKNOWN,
        1);
  }
}
