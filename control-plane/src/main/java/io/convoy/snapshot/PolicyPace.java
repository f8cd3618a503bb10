package io.convoy.snapshot;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Policies;
import io.convoy.policy.RateLimit;
import io.convoy.policy.TargetRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how often the limits of one document change: every change fills their buckets anew. A
 * change counts at once when the last one is an interval ago, else at the interval's end, and then
 * the newest counts. Limits that are taken away, with their document or without, stay for an
 * interval, so that a document that is deleted and written again has changed once at most.
 *
 * <p>What a document says besides its limits waits with them. What Envoys refuse goes at once.
 *
 * <p>Confined to the writer's thread.
 */
final class PolicyPace {
  private final Duration interval;
  private final Turns turns;

  // Of documents with limits in force only.
  private final Map<DocumentId, Applied> applied = new HashMap<>();
  private final Map<DocumentId, Held> held = new HashMap<>();
  private final TreeSet<Due> dues =
      new TreeSet<>(Comparator.comparing(Due::at).thenComparing(Due::id));

  private Policies wanted = Policies.EMPTY;
  private @Nullable Policies paced = Policies.EMPTY;

  /** What the buckets depend on. */
  private record Limits(ImmutableSet<TargetRef> targets, RateLimit limits) {}

  private record Applied(Policies.Entry entry, Limits limits, Instant at) {}

  /** {@code entry}: null for a document that is gone. */
  private record Held(Policies.@Nullable Entry entry, Instant until) {}

  private record Due(Instant at, DocumentId id) {}

  /** {@code interval}: zero holds nothing. */
  PolicyPace(Duration interval) {
    this.interval = interval;
    this.turns = new Turns(interval);
  }

  /** Takes what a document has become; null when it is gone. */
  void take(DocumentId id, Policies.@Nullable Entry entry, Instant now) {
    paced = null;
    Applied before = applied(id, now);
    Optional<Limits> limits = limits(entry);
    boolean refused = entry != null && entry.rejection().isPresent();
    if (before == null || limits.equals(Optional.of(before.limits())) || refused) {
      apply(id, entry, now);
      return;
    }
    Optional<Instant> due =
        limits.isEmpty() ? Optional.of(gone(id, now)).filter(now::isBefore) : turn(id, before, now);
    due.ifPresentOrElse(until -> hold(id, new Held(entry, until)), () -> apply(id, entry, now));
  }

  /** When another version of a document can count; empty when it can now. */
  Optional<Instant> turn(DocumentId id, Instant now) {
    Applied before = applied(id, now);
    return before == null ? Optional.empty() : turn(id, before, now);
  }

  /** What counts, since now at the latest: a clock that was put back must not hold up a change. */
  private @Nullable Applied applied(DocumentId id, Instant now) {
    return applied.computeIfPresent(
        id,
        (_, before) ->
            before.at().isAfter(now) ? new Applied(before.entry(), before.limits(), now) : before);
  }

  private Optional<Instant> turn(DocumentId id, Applied before, Instant now) {
    Instant earliest = before.at().plus(interval);
    return earliest.isAfter(now) || turns.has(id)
        ? Optional.of(turns.of(id, earliest)).filter(now::isBefore)
        : Optional.empty();
  }

  /** Lets what has waited long enough count; returns what it is. */
  ImmutableSet<DocumentId> settle(Instant now) {
    var settled = ImmutableSet.<DocumentId>builder();
    while (!dues.isEmpty() && !dues.first().at().isAfter(now)) {
      DocumentId id = dues.first().id();
      Held waited = release(id);
      if (waited != null) {
        apply(id, waited.entry(), now);
        paced = null;
        settled.add(id);
      }
    }
    return settled.build();
  }

  /** When to {@link #settle}; empty when nothing waits. */
  Optional<Instant> deadline() {
    return dues.isEmpty() ? Optional.empty() : Optional.of(dues.first().at());
  }

  /** {@code all}, with those that wait as they were. The same object as long as nothing changes. */
  @SuppressWarnings("ReferenceEquality") // the store gives the same object while nothing changes
  Policies of(Policies all) {
    Policies present = paced;
    if (present == null || wanted != all) {
      present = held.isEmpty() ? all : withHeld(all);
      wanted = all;
      paced = present;
    }
    return present;
  }

  private Policies withHeld(Policies all) {
    var entries = new TreeMap<>(all.entries());
    held.forEach((id, waiting) -> {
      Applied before = applied.get(id);
      if (before != null) {
        entries.put(id, shown(before.entry(), waiting));
      }
    });
    return new Policies(ImmutableSortedMap.copyOfSorted(entries));
  }

  private Policies.Entry shown(Policies.Entry before, Held waiting) {
    Policies.Entry next = waiting.entry();
    return next == null
        ? before.until("is deleted; stays in force until " + waiting.until())
        : next.until(
            before,
            "the version before stays in force until "
                + waiting.until()
                + ": limits change at most once in "
                + interval.toMillis()
                + " ms");
  }

  private void apply(DocumentId id, Policies.@Nullable Entry entry, Instant now) {
    release(id);
    turns.end(id);
    Optional<Limits> limits = limits(entry);
    if (entry == null || limits.isEmpty()) {
      applied.remove(id);
      return;
    }
    Applied before = applied.get(id);
    Instant since = before != null && before.limits().equals(limits.get()) ? before.at() : now;
    applied.put(id, new Applied(entry, limits.get(), since));
  }

  /** When limits that are taken away end: that does not move while they stay away. */
  private Instant gone(DocumentId id, Instant now) {
    Held waiting = held.get(id);
    return waiting != null && limits(waiting.entry()).isEmpty()
        ? waiting.until()
        : turns.together(now.plus(interval));
  }

  private void hold(DocumentId id, Held next) {
    release(id);
    held.put(id, next);
    dues.add(new Due(next.until(), id));
  }

  private @Nullable Held release(DocumentId id) {
    Held waiting = held.remove(id);
    if (waiting != null) {
      dues.remove(new Due(waiting.until(), id));
    }
    return waiting;
  }

  private static Optional<Limits> limits(Policies.@Nullable Entry entry) {
    return Optional.ofNullable(entry)
        .flatMap(Policies.Entry::document)
        .filter(BackendTrafficPolicy.class::isInstance)
        .map(BackendTrafficPolicy.class::cast)
        .flatMap(policy ->
            policy
                .rateLimit()
                .map(limits -> new Limits(ImmutableSet.copyOf(policy.targets()), limits)));
  }
}
