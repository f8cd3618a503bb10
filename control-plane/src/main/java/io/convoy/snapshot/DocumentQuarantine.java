package io.convoy.snapshot;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.policy.PolicyStore;
import io.convoy.policy.RawDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents that Envoys refuse. Envoy refuses a resource, in which many documents may have
 * changed at once: all of them go back to the version before, so that everything else flows, and
 * are let in again by halves, each after the fleet has acknowledged what came before it. In the end
 * only those stay out that are refused alone, until their text changes.
 *
 * <p>Confined to the writer's thread.
 */
final class DocumentQuarantine {
  private static final Logger log = LoggerFactory.getLogger(DocumentQuarantine.class);

  /** How long an acknowledgment is waited for: an Envoy that answers nothing holds up nobody. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofMillis(20);

  private final PolicyStore store;
  private final Deque<ImmutableList<RawDocument>> waiting = new ArrayDeque<>();

  // What was taken out or let in last; the fleet has yet to acknowledge it.
  private ImmutableSet<DocumentId> unsettled = ImmutableSet.of();
  private @Nullable Instant since;
  private Instant lookAt = Instant.MIN;

  DocumentQuarantine(PolicyStore store) {
    this.store = store;
  }

  /**
   * Takes versions of documents out of force, one of which Envoys refuse at least. Returns those
   * that were still in force.
   */
  ImmutableSet<DocumentId> refuse(Collection<RawDocument> suspects, String words, Instant now) {
    ImmutableList<RawDocument> refused =
        suspects.stream()
            .sorted(Comparator.comparing(RawDocument::id))
            .filter(suspect -> store.reject(suspect, words))
            .collect(ImmutableList.toImmutableList());
    if (refused.size() > 1) {
      int half = refused.size() / 2;
      waiting.push(refused.subList(half, refused.size()));
      waiting.push(refused.subList(0, half));
    }
    return await(refused, now);
  }

  /**
   * Lets the next in, when the fleet has acknowledged the last step or took too long; to be called
   * at {@link #deadline}, when everything is published. Returns those that are in force again.
   */
  ImmutableSet<DocumentId> proceed(Predicate<DocumentId> acknowledged, Instant now) {
    if (since == null || now.isBefore(lookAt)) {
      return ImmutableSet.of();
    }
    if (now.isBefore(since.plus(PATIENCE)) && !unsettled.stream().allMatch(acknowledged)) {
      lookAt = now.plus(LOOK);
      return ImmutableSet.of();
    }
    since = null;
    ImmutableSet<DocumentId> readmitted = ImmutableSet.of();
    while (readmitted.isEmpty() && !waiting.isEmpty()) {
      readmitted =
          await(
              waiting.pop().stream()
                  .filter(store::readmit)
                  .collect(ImmutableList.toImmutableList()),
              now);
    }
    if (!readmitted.isEmpty()) {
      log.info("in force again, after being refused together with others: {}", readmitted);
    }
    return readmitted;
  }

  /** It was not their fault: they are in force again. Returns those that were not. */
  ImmutableSet<DocumentId> acquit(Collection<RawDocument> documents) {
    return documents.stream()
        .filter(store::readmit)
        .map(RawDocument::id)
        .collect(ImmutableSet.toImmutableSet());
  }

  /** When to {@link #proceed}; empty when nothing is under way. */
  Optional<Instant> deadline() {
    return since == null ? Optional.empty() : Optional.of(lookAt);
  }

  private ImmutableSet<DocumentId> await(ImmutableList<RawDocument> documents, Instant now) {
    ImmutableSet<DocumentId> ids =
        documents.stream().map(RawDocument::id).collect(ImmutableSet.toImmutableSet());
    if (!ids.isEmpty()) {
      unsettled = ids;
      since = now;
      lookAt = now.plus(LOOK);
    }
    return ids;
  }
}
