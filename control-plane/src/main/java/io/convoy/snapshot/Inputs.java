package io.convoy.snapshot;

import com.google.common.collect.ImmutableSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Policies;
import io.convoy.policy.PolicyStore;
import io.convoy.policy.RawDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What translation works from: the newest of what registries said, damped; before they have said
 * everything, completed by what was last known. Confined to the writer's thread.
 */
final class Inputs {
  private record DocumentKey(RawDocument.Source source, DocumentId id) {}

  /** What was read from disk counts after every registry. */
  private static final int SAVED = Integer.MAX_VALUE;

  private final Union union = new Union();
  private final Damper damper;
  private final PolicyStore policyStore = new PolicyStore();
  private final DocumentQuarantine quarantine = new DocumentQuarantine(policyStore);
  private final PolicyPace pace;
  private final Unread unread = new Unread();

  // Read from disk and not yet spoken of by a registry.
  private final Set<DocumentKey> unconfirmedDocuments = new HashSet<>();
  private Optional<Instant> savedAt = Optional.empty();
  private final Set<DocumentId> changedDocuments = new HashSet<>();

  private Mesh mesh;

  /**
   * @param policyInterval the least time between two changes of a document's limits
   * @param mesh before anything was read of it
   */
  Inputs(Damper.Settings damping, Duration policyInterval, Mesh mesh) {
    this.damper = new Damper(damping);
    this.pace = new PolicyPace(policyInterval);
    this.mesh = mesh;
  }

  Catalog catalog() {
    return damper.catalog();
  }

  Policies policies() {
    return pace.of(policyStore.policies());
  }

  Mesh mesh() {
    return mesh;
  }

  void authority(Mesh.Authority read) {
    mesh = mesh.with(read);
  }

  void defaultIntention(Mesh.DefaultIntention read) {
    mesh = mesh.with(read);
  }

  Damper damper() {
    return damper;
  }

  /**
   * When what was read from disk was saved; empty when nothing was, or once every registry has
   * answered in full.
   */
  Optional<Instant> savedAt() {
    return savedAt;
  }

  /** Starts from what was last known. Called before anything else is said. */
  void seed(LastKnownGood.Content content, Instant now) {
    savedAt = Optional.of(content.savedAtInstant());
    content.mesh().authority().ifPresent(this::authority);
    defaultIntention(content.mesh().defaultIntention());
    union.report(SAVED, content.services(), List.of());
    take(union.names(SAVED), now);
    for (RawDocument document : content.documents()) {
      pace(policyStore.apply(document.source(), List.of(document), List.of()), now);
      unconfirmedDocuments.add(new DocumentKey(document.source(), document.id()));
    }
  }

  /**
   * Takes what a registry says.
   *
   * @param rank of two registries that name the same instance, the lower counts
   */
  void services(int rank, Collection<Service> changed, Collection<String> removed, Instant now) {
    union.report(rank, changed, removed);
    Set<String> names = new HashSet<>(removed);
    changed.forEach(service -> names.add(service.name()));
    // What was saved may be of several registries: the word of the first is the one to wait for.
    if (rank == 0) {
      union.report(SAVED, List.of(), names);
    }
    take(names, now);
  }

  private void take(Set<String> names, Instant now) {
    List<Service> present = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    names.forEach(name -> union.get(name).ifPresentOrElse(present::add, () -> gone.add(name)));
    damper.report(present, gone, now);
  }

  /** Takes what a source says; returns whether any of it counts or shows already. */
  boolean documents(
      RawDocument.Source source,
      Collection<RawDocument> changed,
      Collection<DocumentId> removed,
      Instant now) {
    List<RawDocument> read = new ArrayList<>();
    for (RawDocument document : changed) {
      unconfirmedDocuments.remove(new DocumentKey(source, document.id()));
      Optional<Instant> turn = pace.turn(document.id(), now);
      turn.ifPresentOrElse(
          at -> unread.put(document, at, now), () -> unread.drop(source, document.id()));
      if (turn.isEmpty()) {
        read.add(document);
      }
    }
    for (DocumentId id : removed) {
      unconfirmedDocuments.remove(new DocumentKey(source, id));
      unread.drop(source, id);
    }
    return read(source, read, removed, now);
  }

  private boolean read(
      RawDocument.Source source,
      Collection<RawDocument> changed,
      Collection<DocumentId> removed,
      Instant now) {
    ImmutableSet<DocumentId> differing = policyStore.apply(source, changed, removed);
    changed.forEach(Inputs::record);
    changedDocuments.addAll(pace(differing, now));
    return !differing.isEmpty();
  }

  private static void record(RawDocument read) {
    var event = new ReadEvent();
    if (event.isEnabled()) {
      event.document = read.id().toString();
      event.modifyIndex = read.modifyIndex();
      event.commit();
    }
  }

  private ImmutableSet<DocumentId> pace(ImmutableSet<DocumentId> documents, Instant now) {
    documents.forEach(id -> pace.take(id, policyStore.entry(id), now));
    return documents;
  }

  /**
   * Takes versions of documents that Envoys may have refused out of force. Returns those that were
   * in force.
   */
  ImmutableSet<DocumentId> refuse(Collection<RawDocument> suspects, String words, Instant now) {
    return pace(quarantine.refuse(suspects, words, now), now);
  }

  /** Puts documents in force again that were taken out without a reason. */
  void acquit(Collection<RawDocument> documents, Instant now) {
    changedDocuments.addAll(pace(quarantine.acquit(documents), now));
  }

  /** Obeys what has waited long enough; to be called when everything is published. */
  void settle(Predicate<DocumentId> acknowledged, Instant now) {
    damper.settle(now);
    changedDocuments.addAll(pace(quarantine.proceed(acknowledged, now), now));
    unread.take(now).forEach(newest -> read(newest.source(), List.of(newest), List.of(), now));
    changedDocuments.addAll(pace.settle(now));
  }

  /** When to {@link #settle} though nothing was said; empty when nothing waits. */
  Optional<Instant> deadline() {
    return Stream.of(damper.deadline(), quarantine.deadline(), pace.deadline(), unread.deadline())
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  /** The documents that have changed since this was asked last. */
  ImmutableSet<DocumentId> takeChangedDocuments() {
    var taken = ImmutableSet.copyOf(changedDocuments);
    changedDocuments.clear();
    return taken;
  }

  /**
   * Every registry has answered in full: what was read from disk and none of them knows is gone.
   */
  void confirm(Instant now) {
    savedAt = Optional.empty();
    ImmutableSet<String> saved = union.names(SAVED);
    union.report(SAVED, List.of(), saved);
    take(saved, now);
    unconfirmedDocuments.forEach(
        key -> pace(policyStore.apply(key.source(), List.of(), List.of(key.id())), now));
    unconfirmedDocuments.clear();
  }
}
