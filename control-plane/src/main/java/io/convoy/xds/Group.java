package io.convoy.xds;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.policy.DocumentId;
import io.convoy.snapshot.Snapshot;
import io.convoy.snapshot.SnapshotUpdate;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one node group and the snapshot that they share. Thread-safe: the publisher hands
 * over without waiting for any stream.
 */
final class Group {
  private record Current(
      Snapshot snapshot, Supplier<ImmutableSetMultimap<DocumentId, ResourceKey>> keys) {}

  private static final class Refused {
    final String version;
    final Set<String> nodes = new HashSet<>();
    boolean told;

    Refused(String version) {
      this.version = version;
    }
  }

  final NodeGroup name;
  private final Fleet fleet;
  private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
  private final Map<ResourceKey, Refused> refused = new HashMap<>();
  private volatile @Nullable Current current;

  Group(NodeGroup name, Fleet fleet) {
    this.name = name;
    this.fleet = fleet;
  }

  /** Null until the group's first snapshot is published. */
  @Nullable Snapshot snapshot() {
    Current now = current;
    return now == null ? null : now.snapshot();
  }

  Set<Stream> streams() {
    return streams;
  }

  /** The snapshot first, then the streams: one that subscribes meanwhile sees it here or there. */
  void publish(SnapshotUpdate update) {
    boolean first = current == null;
    current = new Current(update.snapshot(), Suppliers.memoize(() -> documents(update.snapshot())));
    forgetRefusals(update);
    long now = fleet.timer().nanoTime();
    for (Stream stream : streams) {
      stream.offer(update, first, now);
    }
  }

  /** What is published again may be refused again. */
  private synchronized void forgetRefusals(SnapshotUpdate update) {
    refused.keySet().removeIf(key -> update.changed().containsEntry(key.type(), key.name()));
  }

  /** A node has refused a resource; tells the listener when enough of them have. */
  synchronized void refused(Resource resource, String message, String node, @Nullable String held) {
    ResourceKey key = resource.key();
    Refused so = refused.get(key);
    if (so == null || !so.version.equals(resource.version())) {
      so = new Refused(resource.version());
      refused.put(key, so);
    }
    so.nodes.add(node);
    long nodes = streams.stream().map(Stream::nodeId).distinct().count();
    if (!so.told && so.nodes.size() >= Math.min(fleet.settings().rejectionThreshold(), nodes)) {
      so.told = true;
      fleet
          .executor()
          .execute(() -> fleet.rejections().rejected(name, key, resource.version(), message, held));
    }
  }

  /** The present resources that the document shapes. */
  ImmutableSet<ResourceKey> keysOf(DocumentId document) {
    Current now = current;
    return now == null ? ImmutableSet.of() : now.keys().get().get(document);
  }

  private static ImmutableSetMultimap<DocumentId, ResourceKey> documents(Snapshot snapshot) {
    var keys = ImmutableSetMultimap.<DocumentId, ResourceKey>builder();
    snapshot
        .resources()
        .values()
        .forEach(byName ->
            byName
                .values()
                .forEach(r -> r.documents().forEach(document -> keys.put(document, r.key()))));
    return keys.build();
  }
}
