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
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Policies;
import io.convoy.policy.RawDocument;
import io.convoy.policy.RawDocument.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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

  @Test
  void versionsThatCannotCountYetAreNotRead() {
    Inputs paced = paced();
    assertThat(report(paced, Source.KV, limit(1), at(0))).isTrue();
    for (int version = 2; version <= 19; version++) {
      assertThat(report(paced, Source.KV, limit(version), at(50 * version))).isFalse();
      paced.settle(id -> true, at(50 * version));
      assertThat(entry(paced).raw().text()).isEqualTo(limit(1));
    }
    assertThat(paced.deadline()).as("the interval's end").contains(at(1000));
    paced.takeChangedDocuments();
    paced.settle(id -> true, at(1000));
    assertThat(entry(paced).raw().text()).isEqualTo(limit(19));
    assertThat(requests(paced)).isEqualTo(19);
    assertThat(entry(paced).pending()).isEmpty();
    assertThat(paced.takeChangedDocuments()).containsExactly(LIMIT);
    assertThat(paced.deadline()).isEmpty();
  }

  @Test
  void aVersionThatIsLeftAloneIsReadSoonAndWaitsForItsTurn() {
    Inputs paced = paced();
    report(paced, Source.KV, limit(1), at(0));
    report(paced, Source.KV, limit(2), at(200));
    assertThat(paced.deadline()).contains(at(300));
    paced.settle(id -> true, at(300));
    assertThat(entry(paced).raw().text()).isEqualTo(limit(2));
    assertThat(entry(paced).pending()).isPresent();
    assertThat(requests(paced)).isEqualTo(1);
    report(paced, Source.KV, "nothing that can be read", at(400));
    paced.settle(id -> true, at(500));
    assertThat(entry(paced).problem()).isPresent();
    assertThat(requests(paced)).isEqualTo(1);
    paced.settle(id -> true, at(1000));
    assertThat(requests(paced)).as("the last good one").isEqualTo(2);
    assertThat(entry(paced).problem()).isPresent();
  }

  @Test
  void whatIsDeletedIsNotReadAnyMore() {
    Inputs paced = paced();
    report(paced, Source.KV, limit(1), at(0));
    report(paced, Source.KV, limit(2), at(200));
    assertThat(paced.documents(Source.KV, List.of(), List.of(LIMIT), at(250))).isTrue();
    assertThat(requests(paced)).isEqualTo(1);
    paced.settle(id -> true, at(1300));
    assertThat(paced.policies().entries()).isEmpty();
    assertThat(paced.deadline()).isEmpty();
  }

  @Test
  void ofTwoSourcesEachHasItsNewestRead() {
    Inputs paced = paced();
    report(paced, Source.KV, limit(1), at(0));
    report(paced, Source.FILE, limit(5), at(200));
    report(paced, Source.KV, limit(2), at(200));
    paced.settle(id -> true, at(300));
    paced.settle(id -> true, at(1000));
    assertThat(requests(paced)).isEqualTo(2);
    assertThat(entry(paced).warnings()).asString().contains("conflict");
  }

  @Test
  void whatHasNoLimitsInForceIsReadAtOnce() {
    Inputs paced = paced();
    String without = "TargetRefs: [{Kind: service, Name: user}]\n";
    report(paced, Source.KV, without, at(0));
    report(paced, Source.KV, limit(1), at(10));
    assertThat(requests(paced)).isEqualTo(1);
  }

  private static final DocumentId LIMIT = new DocumentId("backend-traffic-policy", "limit");

  private static Inputs paced() {
    return new Inputs(
        new Damper.Settings(Duration.ZERO, 1, 10, Duration.ofMinutes(1), Duration.ofMinutes(10)),
        Duration.ofSeconds(1),
        Mesh.UNKNOWN);
  }

  private static Instant at(int millis) {
    return Instant.EPOCH.plusMillis(millis);
  }

  private static String limit(int requests) {
    return """
    TargetRefs: [{Kind: service, Name: user}]
    RateLimit: {Local: {Rules: [{Limit: {Requests: %d, Unit: Second}}]}}
    """
        .formatted(requests);
  }

  private static boolean report(Inputs to, Source source, String text, Instant when) {
    var raw = new RawDocument(source, "limit", LIMIT, text, 1, when.toEpochMilli());
    return to.documents(source, List.of(raw), List.of(), when);
  }

  private static Policies.Entry entry(Inputs of) {
    return Objects.requireNonNull(of.policies().entries().get(LIMIT));
  }

  private static int requests(Inputs of) {
    var policy = of.policies().find(BackendTrafficPolicy.class, LIMIT).orElseThrow();
    return policy.rateLimit().orElseThrow().local().rules().getFirst().limit().requests();
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
