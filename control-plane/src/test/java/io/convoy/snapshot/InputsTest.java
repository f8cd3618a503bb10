package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.policy.Policies;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several registries, and what was saved before they answer. */
class InputsTest {
  private static final int CONSUL = 0;
  private static final int FILES = 1;

  private final Instant now = Instant.EPOCH;
  private final Inputs inputs =
      new Inputs(
          new Damper.Settings(Duration.ZERO, 1, 10, Duration.ofMinutes(1), Duration.ofMinutes(10)),
          Duration.ZERO,
          Mesh.UNKNOWN);

  @Test
  void whatWasSavedOfTheMeshHoldsUntilARegistryHasReadIt() {
    var saved = new Mesh.Authority("saved.consul", "dc1");
    inputs.seed(
        LastKnownGood.Content.of(
            Catalog.EMPTY,
            Policies.EMPTY,
            Mesh.UNKNOWN.with(saved).with(Mesh.DefaultIntention.ALLOW),
            now),
        now);
    assertThat(inputs.mesh().authority()).contains(saved);
    assertThat(inputs.mesh().defaultIntention()).isEqualTo(Mesh.DefaultIntention.ALLOW);

    var read = new Mesh.Authority("read.consul", "dc1");
    inputs.authority(read);
    inputs.defaultIntention(Mesh.DefaultIntention.DENY);
    assertThat(inputs.mesh()).isEqualTo(Mesh.UNKNOWN.with(read));
  }

  @Test
  void theFirstRegistryCountsWhereBothNameTheSameInstance() {
    inputs.services(
        FILES, List.of(service("a", instance("1", 80), instance("2", 80))), List.of(), now);
    inputs.services(CONSUL, List.of(service("a", instance("1", 90))), List.of(), now);
    assertThat(inputs.catalog().service("a"))
        .contains(service("a", instance("1", 90), instance("2", 80)));
    inputs.services(CONSUL, List.of(), List.of("a"), now);
    assertThat(inputs.catalog().service("a"))
        .contains(service("a", instance("1", 80), instance("2", 80)));
    inputs.services(FILES, List.of(), List.of("a"), now);
    assertThat(inputs.catalog().services()).isEmpty();
  }

  @Test
  void whatOneRegistrySaysLeavesWhatWasSavedOfTheOther() {
    seed(service("a", instance("consul", 80), instance("file", 80)));
    inputs.services(FILES, List.of(service("a", instance("file", 80))), List.of(), now);
    assertThat(inputs.catalog().service("a"))
        .contains(service("a", instance("consul", 80), instance("file", 80)));
    inputs.confirm(now);
    assertThat(inputs.catalog().service("a")).contains(service("a", instance("file", 80)));
  }

  @Test
  void whatTheFirstRegistrySaysTakesThePlaceOfWhatWasSaved() {
    seed(service("a", instance("old", 80)), service("b", instance("old", 80)));
    inputs.services(CONSUL, List.of(service("a", instance("new", 80))), List.of(), now);
    assertThat(inputs.catalog().service("a")).contains(service("a", instance("new", 80)));
    assertThat(inputs.catalog().service("b")).isPresent();
    inputs.confirm(now);
    assertThat(inputs.catalog().services()).containsOnlyKeys("a");
    assertThat(inputs.savedAt()).isEmpty();
  }

  private void seed(Service... services) {
    inputs.seed(
        new LastKnownGood.Content(1, ImmutableList.copyOf(services), ImmutableList.of()), now);
  }

  private static Service service(String name, Instance... instances) {
    return Service.of(name, Arrays.asList(instances));
  }

  private static Instance instance(String id, int port) {
    return new Instance(
        "node",
        id,
        "127.0.0.1",
        port,
        ImmutableSortedSet.of(),
        ImmutableSortedMap.of(),
        1,
        Health.PASSING,
        Locality.UNKNOWN,
        1);
  }
}
