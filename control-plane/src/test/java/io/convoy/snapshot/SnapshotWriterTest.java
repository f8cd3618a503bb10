package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.fixture.Await;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.registry.RegistryListener;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The writer between a registry that says strange things and those who look on. */
class SnapshotWriterTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SnapshotWriter writer =
      new SnapshotWriter(
          List.of("test"),
          new WriterSettings(
              Duration.ofMillis(1),
              Optional.empty(),
              Duration.ofSeconds(10),
              Duration.ofMillis(200),
              0.5,
              Duration.ofMinutes(10),
              WriterSettings.DEFAULT.policyInterval()),
          InstantSource.system(),
          meters);

  @BeforeEach
  void startWithThreeServices() {
    writer.start(_ -> true);
    writer
        .listener(0)
        .servicesChanged(List.of(service("a"), service("b"), service("c")), List.of());
    writer.listener(0).up("test");
    writer.ready().join();
  }

  @AfterEach
  void close() {
    writer.close();
  }

  @Test
  void aServiceThatLosesAllInstancesIsObeyedAfterADelay() {
    writer.listener(0).servicesChanged(List.of(), List.of("a"));
    Await.until("a is gone", () -> !served("a"));
    assertThat(served("b")).isTrue();
    assertThat(writer.state().hold()).isEmpty();
  }

  @Test
  void theDelayEndsAlsoWhenEventsNeverCease() {
    writer.listener(0).servicesChanged(List.of(), List.of("a"));
    Await.until(
        "a is gone",
        () -> {
          writer.listener(0).down("other", "it is " + System.nanoTime());
          return !served("a");
        });
  }

  @Test
  void aMassDisappearanceIsHeldUntilEnoughIsBack() {
    writer.listener(0).servicesChanged(List.of(), List.of("a", "b"));
    Await.until("the hold", () -> writer.state().hold().isPresent());
    assertThat(writer.state().hold().orElseThrow().instances()).isEqualTo(20);
    assertThat(meters.get("convoy.catalog.held.instances").gauge().value()).isEqualTo(20);
    assertThat(served("a") && served("b")).isTrue();

    writer.listener(0).servicesChanged(List.of(service("a"), service("b")), List.of());
    Await.until("its end", () -> writer.state().hold().isEmpty());
    assertThat(served("a") && served("b")).isTrue();
    assertThat(meters.get("convoy.catalog.held.instances").gauge().value()).isZero();
  }

  @Test
  void aDocumentThatIsBlamedInVainStaysInForce() {
    var id = new DocumentId("service-defaults", "a");
    var group = new NodeGroup(NodeGroup.Role.GRPC, "shop", 0);
    var key = new ResourceKey(ResourceType.ENDPOINTS, "a");
    writer
        .listener(0)
        .documentsChanged(
            RawDocument.Source.KV,
            List.of(
                new RawDocument(RawDocument.Source.KV, "convoy/" + id, id, "Protocol: grpc", 1, 1)),
            List.of());
    try (Snapshots.Subscription _ = writer.snapshots().subscribe(group, _ -> {})) {
      Await.until("the endpoints", () -> endpoints(group, key).isPresent());
      Resource refused = endpoints(group, key).orElseThrow();
      assertThat(refused.documents()).contains(id);

      writer.rejected(group, key, refused.version(), "no such locality", null);
      Await.until("they are in quarantine", () -> endpoints(group, key).isEmpty());
      Await.until(
          "the document is in force again",
          () -> {
            var entry =
                java.util.Objects.requireNonNull(writer.state().policies().entries().get(id));
            return entry.document().isPresent() && entry.rejection().isEmpty();
          });
      Await.until(
          "the words are shown",
          () -> writer.state().rejected().containsEntry(id, "no such locality"));
    }
  }

  @Test
  void aServiceOfSeveralRegistriesHasTheInstancesOfAll() {
    RegistryListener other = writer.listener(1);
    Service elsewhere = Service.of("a", service("x").instances());
    other.servicesChanged(List.of(elsewhere), List.of());
    Await.until("both are there", () -> instances("a") == 20);
    writer.listener(0).servicesChanged(List.of(service("a")), List.of());
    writer.listener(0).servicesChanged(List.of(service("d")), List.of());
    Await.until("both said their say", () -> served("d"));
    assertThat(instances("a")).isEqualTo(20);

    writer.listener(0).servicesChanged(List.of(), List.of("a"));
    Await.until("the other's stay", () -> instances("a") == 10);
    assertThat(writer.state().catalog().service("a")).contains(elsewhere);
    other.servicesChanged(List.of(), List.of("a"));
    Await.until("a is gone", () -> !served("a"));
  }

  @Test
  void aDefectInOneChangeDoesNotEndTheWriter() {
    writer
        .listener(0)
        .servicesChanged(List.of(new Service("broken", withoutInstances())), List.of());
    writer.listener(0).servicesChanged(List.of(service("d")), List.of());
    Await.until("what came after it is served", () -> served("d"));
    assertThat(meters.get("convoy.snapshot.failures").counter().count()).isPositive();
  }

  @SuppressWarnings("NullAway") // What no registry may say.
  private static ImmutableList<Instance> withoutInstances() {
    return null;
  }

  private int instances(String service) {
    return writer.state().catalog().service(service).map(s -> s.instances().size()).orElse(0);
  }

  private Optional<Resource> endpoints(NodeGroup group, ResourceKey key) {
    return writer.snapshots().get(group).flatMap(s -> Optional.ofNullable(s.get(key)));
  }

  private boolean served(String service) {
    return writer.state().catalog().services().containsKey(service);
  }

  private static Service service(String name) {
    return Service.of(
        name,
        IntStream.range(0, 10)
            .mapToObj(i ->
                new Instance(
                    "node",
                    name + "-" + i,
                    "127.0.0.1",
                    20_000 + i,
                    ImmutableSortedSet.of(),
                    ImmutableSortedMap.of(),
                    1,
                    Health.PASSING,
                    Locality.UNKNOWN,
                    1))
            .toList());
  }
}
