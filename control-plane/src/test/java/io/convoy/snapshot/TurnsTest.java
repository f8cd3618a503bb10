package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.policy.DocumentId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Which documents' limits change together. */
class TurnsTest {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Instant START = Instant.parse("2026-12-01T00:00:00.050Z");
  private static final Instant FIRST = Instant.parse("2026-12-01T00:00:00.100Z");

  private final Turns turns = new Turns(INTERVAL);

  @Test
  void fewDocumentsWhoseTimeIsNearComeTogether() {
    for (int i = 0; i < Turns.FEW; i++) {
      assertThat(turns.of(id(i), START.plusMillis(i))).isEqualTo(FIRST);
    }
    assertThat(turns.of(id(Turns.FEW), START)).as("one too many").isEqualTo(FIRST.plusMillis(100));
    turns.end(id(3));
    assertThat(turns.of(id(77), START)).as("in a place left").isEqualTo(FIRST);
  }

  @Test
  void aTurnStaysTheSameUntilItIsEnded() {
    for (int i = 0; i < 3 * Turns.FEW; i++) {
      turns.of(id(i), START);
    }
    Instant turn = FIRST.plusMillis(200);
    assertThat(turns.of(id(3 * Turns.FEW - 1), START)).isEqualTo(turn);
    assertThat(turns.of(id(3 * Turns.FEW - 1), START.plusMillis(120))).isEqualTo(turn);
    turns.end(id(3 * Turns.FEW - 1));
    assertThat(turns.has(id(3 * Turns.FEW - 1))).isFalse();
  }

  @Test
  void aTurnThatAClockPutBackHasMovedFarAwayIsGivenAnew() {
    turns.of(id(1), START.plusSeconds(3600));
    assertThat(turns.of(id(1), START)).isEqualTo(FIRST);
  }

  /** So a document changes at least once in two intervals, however many others there are. */
  @Property(tries = 20)
  void turnsAreWithinAnIntervalAndAsManyDocumentsInEach(
      @ForAll @IntRange(min = 1, max = 3000) int n) {
    Map<Instant, Integer> documents = new HashMap<>();
    for (int i = 0; i < n; i++) {
      Instant turn = turns.of(id(i), START);
      assertThat(turn).isBetween(START, FIRST.plus(INTERVAL));
      documents.merge(turn, 1, Integer::sum);
    }
    assertThat(documents.values())
        .allMatch(count -> count <= Math.max(Turns.FEW, Math.ceilDiv(n, 10)));
  }

  private static DocumentId id(int number) {
    return new DocumentId("backend-traffic-policy", "limit-" + number);
  }
}
