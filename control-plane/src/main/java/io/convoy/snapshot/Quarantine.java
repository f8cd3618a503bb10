package io.convoy.snapshot;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Policies;
import io.convoy.policy.RawDocument;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What lately changed in the resources of one node group, and those that Envoys have refused though
 * no document had changed in them. Each of these is served in the version before, or not at all
 * where there was none, until translation makes another of it. Confined to the writer's thread.
 */
final class Quarantine {
  /** How many changes of a resource by documents are remembered. */
  private static final int CHANGES = 8;

  /**
   * A change of a resource, or several in a row that no document caused.
   *
   * @param versions what it became, the newest last
   * @param before what it was; null where it was not there, and for all but the newest change
   * @param documents those that shaped it
   * @param suspects the versions of documents that came with it
   */
  private record Change(
      ImmutableList<String> versions,
      @Nullable Resource before,
      ImmutableSet<DocumentId> documents,
      ImmutableSet<RawDocument> suspects) {

    String version() {
      return versions.getLast();
    }

    /** The same without the resource, which is large. */
    Change past() {
      return new Change(versions, null, documents, suspects);
    }

    Change and(Change next) {
      var both = new ArrayList<>(versions);
      both.addAll(next.versions);
      var newest = ImmutableList.copyOf(both.subList(Math.max(0, both.size() - 4), both.size()));
      return new Change(newest, next.before, next.documents, next.suspects);
    }
  }

  private record Refused(Change change, String words) {}

  /** A version of a resource for which documents were taken out of force. */
  record Blame(
      ResourceKey key, String version, ImmutableSet<RawDocument> documents, String words) {}

  private final Map<ResourceKey, List<Change>> changes = new HashMap<>();
  private final Map<ResourceKey, Refused> refused = new HashMap<>();
  private final Map<ResourceKey, Blame> blamed = new HashMap<>();

  /**
   * The versions of documents that came with a refused version of a resource, or between it and the
   * one that the Envoy holds. None for a version that is not remembered.
   *
   * @param held null when the Envoy holds none: then only what came with the refused version counts
   */
  ImmutableSet<RawDocument> suspects(ResourceKey key, String version, @Nullable String held) {
    List<Change> history = changes.getOrDefault(key, List.of());
    int last = lastIndex(history, history.size(), version);
    int first = held == null ? last : lastIndex(history, Math.max(0, last), held) + 1;
    return last < 0
        ? ImmutableSet.of()
        : history.subList(first, last + 1).stream()
            .flatMap(change -> change.suspects().stream())
            .collect(ImmutableSet.toImmutableSet());
  }

  private static int lastIndex(List<Change> history, int end, String version) {
    int index = end - 1;
    while (index >= 0 && !history.get(index).versions().contains(version)) {
      index--;
    }
    return index;
  }

  /** The documents were taken out of force for this version's sake. */
  void blame(Blame blame) {
    blamed.put(blame.key(), blame);
  }

  /**
   * Those whose resources were published unchanged without the documents: it was not their fault.
   * To be asked after a publish.
   */
  ImmutableList<Blame> takeUnfounded(Snapshot now) {
    ImmutableList<Blame> unfounded =
        blamed.values().stream()
            .filter(blame -> {
              Resource resource = now.get(blame.key());
              return resource != null && resource.version().equals(blame.version());
            })
            .collect(ImmutableList.toImmutableList());
    blamed.clear();
    return unfounded;
  }

  /** Puts a resource into quarantine. Returns whether that version is the one that is published. */
  boolean refuse(ResourceKey key, String version, String words) {
    List<Change> history = changes.getOrDefault(key, List.of());
    if (history.isEmpty() || !history.getLast().version().equals(version)) {
      return false;
    }
    refused.put(key, new Refused(history.getLast(), words));
    return true;
  }

  /** What to publish in place of {@code translated}. */
  List<Resource> filter(List<Resource> translated) {
    if (refused.isEmpty()) {
      return translated;
    }
    var kept = ImmutableList.<Resource>builderWithExpectedSize(translated.size());
    Set<ResourceKey> stillRefused = new HashSet<>();
    for (Resource resource : translated) {
      Refused refusal = refused.get(resource.key());
      if (refusal == null || !refusal.change().version().equals(resource.version())) {
        kept.add(resource);
      } else {
        stillRefused.add(resource.key());
        if (refusal.change().before() != null) {
          kept.add(refusal.change().before());
        }
      }
    }
    refused.keySet().retainAll(stillRefused);
    return kept.build();
  }

  /**
   * Remembers what a publish replaced.
   *
   * @param documents those that have changed since the publish before; on the group's first publish
   *     all count
   */
  void published(
      @Nullable Snapshot before,
      Snapshot now,
      Iterable<ResourceKey> changed,
      Set<DocumentId> documents,
      Policies policies) {
    for (ResourceKey key : changed) {
      Resource resource = now.get(key);
      if (resource == null) {
        changes.remove(key);
      } else if (!refused.containsKey(key)) {
        Set<DocumentId> ids =
            before == null
                ? resource.documents()
                : Sets.intersection(resource.documents(), documents);
        remember(
            key,
            new Change(
                ImmutableList.of(resource.version()),
                before == null ? null : before.get(key),
                resource.documents(),
                inForce(ids, policies)));
      }
    }
  }

  /** A document that is refused here has not changed in force. */
  private static ImmutableSet<RawDocument> inForce(Set<DocumentId> ids, Policies policies) {
    return ids.stream()
        .map(policies.entries()::get)
        .filter(java.util.Objects::nonNull)
        .flatMap(entry -> entry.inForce().filter(entry.raw()::equals).stream())
        .collect(ImmutableSet.toImmutableSet());
  }

  private void remember(ResourceKey key, Change change) {
    List<Change> history = changes.computeIfAbsent(key, any -> new ArrayList<>(1));
    Change last = history.isEmpty() ? null : history.removeLast();
    if (last != null && last.suspects().isEmpty() && change.suspects().isEmpty()) {
      history.add(last.and(change));
      return;
    }
    if (last != null) {
      history.add(last.past());
    }
    if (history.size() == CHANGES) {
      history.removeFirst();
    }
    history.add(change);
  }

  /** Tells of each document behind a resource in quarantine, with Envoy's words. */
  void forEachDocument(BiConsumer<DocumentId, String> each) {
    refused
        .values()
        .forEach(refusal ->
            refusal.change().documents().forEach(id -> each.accept(id, refusal.words())));
  }
}
