package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.Condition;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Policies;
import io.convoy.policy.PolicyStore;
import io.convoy.policy.RawDocument;
import io.convoy.policy.RawDocument.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** How often the limits of a document change, by a clock that stands still. */
class PolicyPaceTest {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final DocumentId ID = new DocumentId("backend-traffic-policy", "user-limit");

  private final PolicyStore store = new PolicyStore();
  private PolicyPace pace = new PolicyPace(INTERVAL);
  private Instant now = Instant.parse("2026-11-21T00:00:00Z");
  private final List<Instant> changes = new ArrayList<>();
  private Optional<Integer> last = Optional.empty();

  @Test
  void theFirstChangeCountsAtOnceAndLaterOnesAtTheIntervalsEnd() {
    write(limit(1));
    assertThat(inForce()).contains(1);
    write(limit(2));
    assertThat(inForce()).contains(1);
    pass(999);
    write(limit(3));
    assertThat(inForce()).contains(1);
    assertThat(pace.deadline()).contains(now.plusMillis(1));
    pass(1);
    assertThat(inForce()).as("the newest").contains(3);
    assertThat(pace.deadline()).isEmpty();
    pass(1000);
    write(limit(4));
    assertThat(inForce()).as("after a pause").contains(4);
  }

  @Test
  void sameContentIsNoChange() {
    write(limit(1));
    for (int i = 0; i < 5; i++) {
      write(limit(1) + "# comment " + i);
      assertThat(entry().pending()).isEmpty();
    }
    pass(1000);
    write(limit(2));
    assertThat(inForce()).contains(2);
    write(limit(3));
    write(limit(2) + "# as it was");
    assertThat(entry().pending()).isEmpty();
    assertThat(pace.deadline()).isEmpty();
    pass(5000);
    assertThat(inForce()).contains(2);
  }

  @Test
  void whatIsBesidesTheLimitsChangesAtOnce() {
    write(limit(1));
    write(limit(1) + "Meta: {a: b}\n");
    assertThat(entry().pending()).isEmpty();
    assertThat(entry().raw().text()).contains("Meta");
  }

  @Test
  void aDocumentWithoutLimitsIsNotHeld() {
    for (int i = 0; i < 3; i++) {
      write("TargetRefs: [{Kind: service, Name: service-" + i + "}]\n");
      assertThat(entry().pending()).isEmpty();
      assertThat(policy().targets()).asString().contains("service-" + i);
    }
  }

  @Test
  void aTargetMoreOrLessIsAChange() {
    write(limit(1));
    write(limit(1).replace("Name: user", "Name: order"));
    assertThat(policy().targets()).asString().contains("user");
    pass(1000);
    assertThat(policy().targets()).asString().contains("order");
  }

  @Test
  void aDeletionCountsAfterAnInterval() {
    write(limit(1));
    pass(5000);
    delete();
    assertThat(inForce()).contains(1);
    assertThat(entry().waiting().orElseThrow())
        .isEqualTo(
            new Condition(
                Condition.Type.PROGRAMMED,
                false,
                Condition.Reason.PENDING,
                "is deleted; stays in force until 2026-11-21T00:00:06Z"));
    pass(999);
    assertThat(inForce()).contains(1);
    pass(1);
    assertThat(pace.of(store.policies()).entries()).doesNotContainKey(ID);
    write(limit(2));
    assertThat(inForce()).contains(2);
  }

  @Test
  void limitsThatAreTakenOutOfADocumentCountAfterAnInterval() {
    write(limit(1));
    String without = "TargetRefs: [{Kind: service, Name: user}]\n";
    write(without);
    pass(500);
    write(without + "Meta: {a: b}\n");
    assertThat(inForce()).contains(1);
    pass(499);
    assertThat(inForce()).contains(1);
    pass(1);
    assertThat(policy().rateLimit()).as("however it is rewritten").isEmpty();
  }

  @Test
  void aDocumentThatIsDeletedAndWrittenAgainHasNotChanged() {
    write(limit(1));
    for (int i = 0; i < 10; i++) {
      pass(100);
      delete();
      write(limit(1));
      assertThat(entry().pending()).isEmpty();
    }
    assertThat(pace.deadline()).isEmpty();
  }

  @Test
  void aRefusedVersionIsShownAtOnceAndChangesNothing() {
    write(limit(1));
    write(limit(2));
    write("TargetRefs: []\n");
    assertThat(entry().accepted().status()).isFalse();
    assertThat(inForce()).contains(1);
    pass(1000);
    assertThat(inForce()).as("the newest that is valid").contains(2);
  }

  @Test
  void whatWaitsIsPending() {
    write(limit(1));
    write(limit(2));
    assertThat(entry().raw().text()).isEqualTo(limit(2));
    assertThat(entry().inForce().orElseThrow().text()).isEqualTo(limit(1));
    assertThat(entry().waiting().orElseThrow().message())
        .isEqualTo(
            "the version before stays in force until 2026-11-21T00:00:01Z: limits change at most"
                + " once in 1000 ms");
  }

  @Test
  void whatEnvoysRefuseGoesAtOnce() {
    write(limit(1));
    pass(1000);
    write(limit(2));
    assertThat(inForce()).contains(2);
    store.reject(raw(limit(2)), "no");
    pace.take(ID, store.entry(ID), now);
    assertThat(inForce()).contains(1);
  }

  @Test
  void zeroHoldsNothing() {
    pace = new PolicyPace(Duration.ZERO);
    for (int i = 1; i < 10; i++) {
      write(limit(i));
      assertThat(inForce()).contains(i);
    }
    delete();
    assertThat(pace.of(store.policies()).entries()).isEmpty();
  }

  @Test
  void turnsThatAreCloseComeTogether() {
    write(limit(1));
    pass(1030);
    write(limit(2));
    write(limit(3));
    assertThat(inForce()).contains(2);
    assertThat(pace.deadline()).contains(Instant.parse("2026-11-21T00:00:02.100Z"));
    pass(1069);
    assertThat(inForce()).contains(2);
    pass(1);
    assertThat(inForce()).contains(3);
  }

  @Test
  void aClockThatIsPutBackHoldsForAnIntervalAtMost() {
    write(limit(1));
    now = now.minusSeconds(3600);
    write(limit(2));
    pass(500);
    write(limit(3));
    pass(500);
    assertThat(inForce()).contains(3);
  }

  @Test
  void isTheSameObjectWhileNothingChanges() {
    write(limit(1));
    write(limit(2));
    assertThat(pace.of(store.policies())).isSameAs(pace.of(store.policies()));
  }

  /** Whatever is written or deleted, and when: at most one change an interval, and never none. */
  @Property(tries = 200)
  void anyChurnChangesLimitsOnceAnIntervalAtMost(@ForAll long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    write(limit(1));
    for (int i = 0; i < 200; i++) {
      // Never gone for as long as an interval: who deletes for longer than that, means it.
      pass(random.nextInt(400));
      if (random.nextInt(3) == 0) {
        delete();
        pass(random.nextInt(400));
      }
      write(limit(1 + random.nextInt(3)));
    }
    assertThat(changes.size()).isGreaterThan(10);
    for (int i = 1; i < changes.size(); i++) {
      assertThat(Duration.between(changes.get(i - 1), changes.get(i)))
          .isGreaterThanOrEqualTo(INTERVAL);
    }
    pass(1100);
    assertThat(entry().pending()).isEmpty();
  }

  private static String limit(int requests) {
    return """
    TargetRefs: [{Kind: service, Name: user}]
    RateLimit: {Local: {Rules: [{Limit: {Requests: %d, Unit: Hour}}]}}
    """
        .formatted(requests);
  }

  private static RawDocument raw(String text) {
    return new RawDocument(Source.KV, "convoy/" + ID, ID, text, 1, 1);
  }

  private void write(String text) {
    take(List.of(raw(text)), List.of());
  }

  private void delete() {
    take(List.of(), List.of(ID));
  }

  private void take(List<RawDocument> changed, List<DocumentId> removed) {
    ImmutableSet<DocumentId> differing = store.apply(Source.KV, changed, removed);
    differing.forEach(id -> pace.take(id, store.entry(id), now));
    look();
  }

  /** Notes when what is in force became another. */
  private void look() {
    boolean there = pace.of(store.policies()).entries().containsKey(ID);
    Optional<Integer> limit = there ? inForce() : Optional.empty();
    if (!limit.equals(last)) {
      changes.add(now);
      last = limit;
    }
  }

  /** Lets time pass as the writer does: by what is due, on time. */
  private void pass(int milliseconds) {
    Instant end = now.plusMillis(milliseconds);
    while (pace.deadline().filter(due -> !due.isAfter(end)).isPresent()) {
      now = pace.deadline().get();
      pace.settle(now);
      look();
    }
    now = end;
  }

  private Policies.Entry entry() {
    return Objects.requireNonNull(pace.of(store.policies()).entries().get(ID));
  }

  private BackendTrafficPolicy policy() {
    return (BackendTrafficPolicy) entry().document().orElseThrow();
  }

  private Optional<Integer> inForce() {
    return policy().rateLimit().map(limits -> limits.local().rules().getFirst().limit().requests());
  }
}
