package io.convoy.snapshot;

import io.convoy.policy.DocumentId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * When each of the documents that wait gets its turn: at its time or within an interval after it,
 * together with others whose time is near, and with so few of them that what changes meanwhile does
 * not wait long for a turn to be over.
 *
 * <p>Confined to the writer's thread.
 */
final class Turns {
  /** Whose turns come within this, or within a tenth of a shorter interval, change together. */
  private static final Duration STEP = Duration.ofMillis(100);

  private static final int STEPS = 10;

  /** As many documents are parsed and translated in a few milliseconds. */
  static final int FEW = 32;

  private final Duration interval;
  private final long step;
  private final Map<DocumentId, Instant> turns = new HashMap<>();
  private final Map<Instant, Integer> documents = new HashMap<>();

  /** {@code interval}: of at least ten nanoseconds, or nothing comes together. */
  Turns(Duration interval) {
    this.interval = interval;
    this.step = Math.min(interval.toNanos() / STEPS, STEP.toNanos());
  }

  /** A document's turn, not before the time; stays the same until it is {@link #end ended}. */
  Instant of(DocumentId id, Instant earliest) {
    Instant turn = turns.get(id);
    if (turn == null
        || turn.isBefore(earliest)
        || turn.isAfter(together(earliest).plus(interval))) {
      end(id);
      turn = free(together(earliest));
      turns.put(id, turn);
      documents.merge(turn, 1, Integer::sum);
    }
    return turn;
  }

  /** Whether the document has a turn. */
  boolean has(DocumentId id) {
    return turns.containsKey(id);
  }

  /** The document waits no longer. */
  void end(DocumentId id) {
    Instant turn = turns.remove(id);
    if (turn != null) {
      documents.computeIfPresent(turn, (_, count) -> count == 1 ? null : count - 1);
    }
  }

  /** {@code time}, rounded up to the next step. */
  Instant together(Instant time) {
    if (step == 0) {
      return time;
    }
    long nanos = ChronoUnit.NANOS.between(Instant.EPOCH, time);
    return Instant.EPOCH.plusNanos(Math.ceilDiv(nanos, step) * step);
  }

  /** The first step with few documents within the interval, else that with the fewest. */
  private Instant free(Instant first) {
    List<Instant> steps =
        IntStream.range(0, STEPS).mapToObj(i -> first.plusNanos(i * step)).toList();
    return steps.stream()
        .filter(one -> documents(one) < FEW)
        .findFirst()
        .orElseGet(() -> Collections.min(steps, Comparator.comparingInt(this::documents)));
  }

  private int documents(Instant turn) {
    return documents.getOrDefault(turn, 0);
  }
}
