package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.policy.DocumentId;
import io.convoy.policy.PolicyStore;
import io.convoy.policy.RawDocument;
import io.convoy.policy.RawDocument.Source;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceDefaults.Protocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DocumentQuarantineTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final PolicyStore store = new PolicyStore();
  private final DocumentQuarantine quarantine = new DocumentQuarantine(store);
  private Instant now = START;
  private long index;

  @Test
  void oneDocumentGoesBackUntilItsTextChanges() {
    write("a", "http");
    RawDocument bad = write("a", "grpc");
    assertThat(quarantine.refuse(Set.of(bad), "too large", now)).containsExactly(id("a"));
    assertThat(protocol("a")).contains(Protocol.HTTP);
    assertThat(entry("a").rejection()).contains("too large");
    assertThat(entry("a").raw()).isEqualTo(bad);
    assertThat(entry("a").accepted().status()).isTrue();
    assertThat(settle(Set.of())).isEmpty();
    assertThat(protocol("a")).contains(Protocol.HTTP);

    write("a", "http2");
    assertThat(protocol("a")).contains(Protocol.HTTP2);
    assertThat(entry("a").rejection()).isEmpty();
  }

  @Test
  void oneThatWasNeverGoodIsNotInForce() {
    RawDocument bad = write("a", "grpc");
    quarantine.refuse(Set.of(bad), "too large", now);
    assertThat(entry("a").document()).isEmpty();
    assertThat(entry("a").rejection()).isPresent();
  }

  @Test
  void ofSeveralOnlyTheCulpritStaysOut() {
    List<RawDocument> changed = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d", "e")) {
      write(name, "http");
      changed.add(write(name, "grpc"));
    }
    quarantine.refuse(changed, "too large", now);
    assertThat(Stream.of("a", "b", "c", "d", "e").map(this::protocol))
        .containsOnly(Optional.of(Protocol.HTTP));

    List<Set<DocumentId>> steps = settle(Set.of("d"));
    assertThat(steps.getFirst()).containsExactly(id("a"), id("b"));
    assertThat(Stream.of("a", "b", "c", "e").map(this::protocol))
        .containsOnly(Optional.of(Protocol.GRPC));
    assertThat(protocol("d")).contains(Protocol.HTTP);
    assertThat(entry("d").rejection()).contains("too large");
    assertThat(Stream.of("a", "b", "c", "e").map(name -> entry(name).rejection()))
        .containsOnly(Optional.empty());
  }

  @Test
  void severalCulpritsAreFound() {
    List<RawDocument> changed =
        Stream.of("a", "b", "c", "d").map(name -> write(name, "grpc")).toList();
    quarantine.refuse(changed, "too large", now);
    settle(Set.of("a", "d"));
    assertThat(Stream.of("a", "b", "c", "d").filter(name -> entry(name).rejection().isPresent()))
        .containsExactly("a", "d");
  }

  @Test
  void theNextWaitsForTheFleetButNotForever() {
    quarantine.refuse(List.of(write("a", "grpc"), write("b", "grpc")), "too large", now);
    tick();
    assertThat(quarantine.proceed(_ -> false, now)).isEmpty();
    tick();
    assertThat(quarantine.proceed(_ -> true, now)).containsExactly(id("a"));
    tick();
    assertThat(quarantine.proceed(_ -> false, now)).isEmpty();
    now = now.plus(DocumentQuarantine.PATIENCE);
    assertThat(quarantine.proceed(_ -> false, now)).containsExactly(id("b"));
    tick();
    assertThat(quarantine.proceed(_ -> true, now)).isEmpty();
    assertThat(quarantine.deadline()).isEmpty();
  }

  @Test
  void whatIsNoLongerInForceIsNotTakenOut() {
    RawDocument old = write("a", "http");
    write("a", "grpc");
    assertThat(quarantine.refuse(Set.of(old), "too large", now)).isEmpty();
    assertThat(protocol("a")).contains(Protocol.GRPC);
    assertThat(quarantine.deadline()).isEmpty();
  }

  @Test
  void aRefusedVersionIsNotGoneBackTo() {
    write("a", "http");
    RawDocument bad = write("a", "grpc");
    RawDocument worse = write("a", "tcp");
    quarantine.refuse(Set.of(bad), "too large", now);
    quarantine.refuse(Set.of(worse), "larger", now);
    assertThat(protocol("a")).contains(Protocol.HTTP);
  }

  @Test
  void whatChangesWhileItWaitsIsNotLetInAsItWas() {
    quarantine.refuse(List.of(write("a", "grpc"), write("b", "grpc")), "too large", now);
    write("a", "http");
    store.apply(Source.KV, List.of(), List.of(id("b")));
    tick();
    assertThat(quarantine.proceed(_ -> true, now)).isEmpty();
    assertThat(protocol("a")).contains(Protocol.HTTP);
    assertThat(quarantine.deadline()).isEmpty();
  }

  /** Goes on to the end, with a fleet that refuses whatever holds a culprit; returns the steps. */
  private List<Set<DocumentId>> settle(Set<String> culprits) {
    List<Set<DocumentId>> steps = new ArrayList<>();
    while (quarantine.deadline().isPresent()) {
      tick();
      Set<DocumentId> in = quarantine.proceed(_ -> true, now);
      if (!in.isEmpty()) {
        steps.add(in);
      }
      if (in.stream().anyMatch(id -> culprits.contains(id.name()))) {
        quarantine.refuse(in.stream().map(id -> entry(id.name()).raw()).toList(), "too large", now);
      }
      assertThat(steps).hasSizeLessThan(20);
    }
    return steps;
  }

  private void tick() {
    now = quarantine.deadline().orElseThrow();
  }

  private RawDocument write(String name, String protocol) {
    index++;
    var raw =
        new RawDocument(
            Source.KV,
            "convoy/service-defaults/" + name,
            id(name),
            "Protocol: " + protocol,
            1,
            index);
    store.apply(Source.KV, List.of(raw), List.of());
    return raw;
  }

  private static DocumentId id(String name) {
    return new DocumentId("service-defaults", name);
  }

  private io.convoy.policy.Policies.Entry entry(String name) {
    return java.util.Objects.requireNonNull(store.policies().entries().get(id(name)));
  }

  private Optional<Protocol> protocol(String name) {
    return store
        .policies()
        .find(ServiceDefaults.class, id(name))
        .flatMap(ServiceDefaults::protocol);
  }
}
