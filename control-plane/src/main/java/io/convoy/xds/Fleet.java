package io.convoy.xds;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import io.convoy.policy.DocumentId;
import io.convoy.snapshot.Snapshots;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** All streams by node group, and what they share. Thread-safe. */
final class Fleet {
  private final Snapshots snapshots;
  private final XdsSettings settings;
  private final Metrics metrics;
  private final RejectionListener rejections;
  private final Executor executor;
  private final Timer timer;
  private final Versions versions;
  private final Interner<String> names = Interners.newWeakInterner();
  private final Map<NodeGroup, Group> groups = new HashMap<>();

  Fleet(
      Snapshots snapshots,
      XdsSettings settings,
      Metrics metrics,
      RejectionListener rejections,
      Executor executor,
      Timer timer,
      Versions versions) {
    this.snapshots = snapshots;
    this.settings = settings;
    this.metrics = metrics;
    this.rejections = rejections;
    this.executor = executor;
    this.timer = timer;
    this.versions = versions;
  }

  XdsSettings settings() {
    return settings;
  }

  Metrics metrics() {
    return metrics;
  }

  RejectionListener rejections() {
    return rejections;
  }

  Executor executor() {
    return executor;
  }

  Timer timer() {
    return timer;
  }

  Versions versions() {
    return versions;
  }

  /** The copy of a resource's name that all streams have in common: Envoys ask for the same. */
  String shared(String name) {
    return names.intern(name);
  }

  /**
   * Puts the stream into its group. Groups stay, as the snapshots do: an Envoy that comes back
   * finds what the group has learned.
   */
  synchronized Group join(NodeGroup name, Stream stream) {
    Group group = groups.get(name);
    if (group == null) {
      group = new Group(name, this);
      groups.put(name, group);
      snapshots.subscribe(name, group::publish);
    }
    group.streams().add(stream);
    return group;
  }

  synchronized List<Group> groups() {
    return List.copyOf(groups.values());
  }

  List<Stream> streams() {
    return groups().stream().flatMap(group -> group.streams().stream()).toList();
  }

  /** One entry for each node, sorted by id; of several streams the newest counts. */
  List<NodeStatus> nodes() {
    var nodes = new TreeMap<String, NodeStatus>();
    streams().stream()
        .map(Stream::status)
        .sorted(Comparator.comparing(NodeStatus::connectedSince))
        .forEach(status -> nodes.merge(status.id(), status, Fleet::merge));
    return List.copyOf(nodes.values());
  }

  private static NodeStatus merge(NodeStatus older, NodeStatus newer) {
    var types = new TreeMap<ResourceType, TypeStatus>(older.types());
    types.putAll(newer.types());
    return new NodeStatus(
        newer.id(),
        newer.group(),
        newer.protocol(),
        newer.connectedSince(),
        com.google.common.collect.ImmutableMap.copyOf(types));
  }

  /** As {@link #programmed(DocumentId)}, of every document that concerns any node. */
  ProgrammedCount programmed() {
    var count = new ProgrammedCount();
    for (Group group : groups()) {
      var nodes = new HashMap<String, List<Stream>>();
      for (Stream stream : group.streams()) {
        nodes.computeIfAbsent(stream.nodeId(), id -> new ArrayList<>(1)).add(stream);
      }
      nodes.values().forEach(count::add);
    }
    return count;
  }

  Programmed programmed(DocumentId document) {
    int acked = 0;
    int total = 0;
    @Nullable String error = null;
    for (Group group : groups()) {
      var keys = group.keysOf(document);
      var byNode = new HashMap<String, Collection<Stream.Progress>>();
      for (Stream stream : group.streams()) {
        stream
            .progress(keys)
            .ifPresent(progress ->
                byNode.computeIfAbsent(stream.nodeId(), id -> new ArrayList<>()).add(progress));
      }
      for (Collection<Stream.Progress> node : byNode.values()) {
        total++;
        acked += node.stream().allMatch(Stream.Progress::done) ? 1 : 0;
        for (Stream.Progress progress : node) {
          error = progress.error() == null ? error : progress.error();
        }
      }
    }
    return new Programmed(acked, total, Optional.ofNullable(error));
  }
}
