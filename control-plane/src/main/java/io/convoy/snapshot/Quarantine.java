package io.convoy.snapshot;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.convoy.policy.DocumentId;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The resources of one node group that Envoys have refused. Each is served in the version before,
 * or not at all where there was none, until translation makes another of it: until what caused it
 * changes. Confined to the writer's thread.
 */
final class Quarantine {

  /**
   * What a change of a resource is about: its version, what it replaced, and the documents that
   * changed with it.
   */
  private record Change(
      String version, @Nullable Resource before, ImmutableSet<DocumentId> documents) {}

  private record Refused(Change change, String words) {}

  private final Map<ResourceKey, Change> changes = new HashMap<>();
  private final Map<ResourceKey, Refused> refused = new HashMap<>();

  /** Puts a resource into quarantine. Returns whether that version is the one that is published. */
  boolean refuse(ResourceKey key, String version, String words) {
    Change change = changes.get(key);
    if (change == null || !change.version().equals(version)) {
      return false;
    }
    refused.put(key, new Refused(change, words));
    return true;
  }

  /** What to publish in place of {@code translated}. */
  List<Resource> filter(List<Resource> translated) {
    if (refused.isEmpty()) {
      return translated;
    }
    var kept = ImmutableList.<Resource>builderWithExpectedSize(translated.size());
    Set<ResourceKey> stillRefused = new java.util.HashSet<>();
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
   * @param documents those that have changed since the publish before
   */
  void published(
      @Nullable Snapshot before,
      Snapshot now,
      Iterable<ResourceKey> changed,
      Set<DocumentId> documents) {
    for (ResourceKey key : changed) {
      Resource resource = now.get(key);
      if (resource == null) {
        changes.remove(key);
      } else if (!refused.containsKey(key)) {
        Set<DocumentId> suspects = Sets.intersection(resource.documents(), documents);
        changes.put(
            key,
            new Change(
                resource.version(),
                before == null ? null : before.get(key),
                suspects.isEmpty() ? resource.documents() : ImmutableSet.copyOf(suspects)));
      }
    }
  }

  /** Tells of each document behind a resource in quarantine, with Envoy's words. */
  void forEachDocument(BiConsumer<DocumentId, String> each) {
    refused
        .values()
        .forEach(refusal ->
            refusal.change().documents().forEach(id -> each.accept(id, refusal.words())));
  }

  int size() {
    return refused.size();
  }
}
