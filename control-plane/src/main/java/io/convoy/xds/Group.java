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
import io.convoy.translation.ResourceType;
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
  private final Set<ResourceKey> acknowledged = ConcurrentHashMap.newKeySet();
  private final Map<ResourceKey, Resource> lastGood = new ConcurrentHashMap<>();
  private final Bodies bodies;
  private volatile @Nullable Current current;

  Group(NodeGroup name, Fleet fleet) {
    this.name = name;
    this.fleet = fleet;
    this.bodies = new Bodies(fleet.versions());
  }

  /** Null until the group's first snapshot is published. */
  @Nullable Snapshot snapshot() {
    Current now = current;
    return now == null ? null : now.snapshot();
  }

  /** What its streams are told. */
  Bodies bodies() {
    return bodies;
  }

  Set<Stream> streams() {
    return streams;
  }

  /** The snapshot first, then the streams: one that subscribes meanwhile sees it here or there. */
  void publish(SnapshotUpdate update) {
    Snapshot before = snapshot();
    if (before != null) {
      update.changed().forEach((type, name) -> keepGood(before, new ResourceKey(type, name)));
    }
    current = new Current(update.snapshot(), Suppliers.memoize(() -> documents(update.snapshot())));
    bodies.clear();
    forgetRefusals(update);
    long now = fleet.timer().nanoTime();
    Moment moment = new Moment(now - update.sinceChange().toNanos(), now);
    for (Stream stream : streams) {
      stream.offer(update, before == null, moment);
    }
  }

  /** What is published again may be refused again. */
  private synchronized void forgetRefusals(SnapshotUpdate update) {
    refused.keySet().removeIf(key -> update.changed().containsEntry(key.type(), key.name()));
  }

  private void keepGood(Snapshot before, ResourceKey key) {
    Resource old = before.get(key);
    if (old == null) {
      lastGood.remove(key);
    } else if (acknowledged.remove(key)) {
      lastGood.put(key, old);
    }
  }

  /** Some client has taken the resource over. */
  void acknowledged(Resource resource) {
    Snapshot now = snapshot();
    if (remembers(resource.key().type()) && now != null && !acknowledged.contains(resource.key())) {
      Resource present = now.get(resource.key());
      if (present != null && present.version().equals(resource.version())) {
        acknowledged.add(resource.key());
      }
    }
  }

  /** Those that others rely on: without them an Envoy loses traffic. */
  private static boolean remembers(ResourceType type) {
    return switch (type) {
      case CLUSTERS, EXTENSIONS, LISTENERS, ROUTES -> true;
      case SECRETS, ENDPOINTS -> false;
    };
  }

  /**
   * The version before the present one, if some client took it over: what a client gets that
   * refuses the present one on a new stream. In the state of the world, leaving a cluster out would
   * take it away.
   */
  @Nullable Resource lastGood(ResourceKey key) {
    return lastGood.get(key);
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
