package io.convoy.snapshot;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceType;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The published snapshots: the writer publishes, streams subscribe. Thread-safe. Listeners are
 * called one after the other, in the order of publishes, and must not block.
 */
public final class Snapshots {
  private final Consumer<NodeGroup> onNewGroup;
  private final Map<NodeGroup, Group> groups = new HashMap<>();

  private static final class Group {
    Optional<Snapshot> snapshot = Optional.empty();
    final Set<Consumer<SnapshotUpdate>> listeners = new LinkedHashSet<>();
  }

  /** Ends a subscription. */
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Holds no snapshot yet.
   *
   * @param onNewGroup told of each group on its first subscription; must not block
   */
  public Snapshots(Consumer<NodeGroup> onNewGroup) {
    this.onNewGroup = onNewGroup;
  }

  /**
   * Subscribes to a group. Where a snapshot exists, the listener gets it before this returns; then
   * every update, without gaps.
   */
  public synchronized Subscription subscribe(NodeGroup group, Consumer<SnapshotUpdate> listener) {
    Group entry = groups.get(group);
    if (entry == null) {
      entry = new Group();
      groups.put(group, entry);
      onNewGroup.accept(group);
    }
    Group subscribed = entry;
    subscribed.listeners.add(listener);
    subscribed.snapshot.ifPresent(
        snapshot -> listener.accept(new SnapshotUpdate(snapshot, everything(snapshot))));
    return () -> unsubscribe(subscribed, listener);
  }

  private synchronized void unsubscribe(Group group, Consumer<SnapshotUpdate> listener) {
    group.listeners.remove(listener);
  }

  /**
   * Publishes {@code next}; does nothing when no resource differs from what was published before.
   * Returns what differs.
   */
  public synchronized ImmutableSetMultimap<ResourceType, String> publish(Snapshot next) {
    Group group = groups.computeIfAbsent(next.group(), key -> new Group());
    var changed =
        group
            .snapshot
            .map(previous -> difference(previous, next))
            .orElseGet(() -> everything(next));
    boolean first = group.snapshot.isEmpty();
    group.snapshot = Optional.of(next);
    if (first || !changed.isEmpty()) {
      var update = new SnapshotUpdate(next, changed);
      ImmutableSet.copyOf(group.listeners).forEach(listener -> listener.accept(update));
    }
    return changed;
  }

  public synchronized Optional<Snapshot> get(NodeGroup group) {
    return Optional.ofNullable(groups.get(group)).flatMap(entry -> entry.snapshot);
  }

  /** The groups that were ever asked for. */
  public synchronized ImmutableSet<NodeGroup> groups() {
    return ImmutableSet.copyOf(groups.keySet());
  }

  private static ImmutableSetMultimap<ResourceType, String> everything(Snapshot snapshot) {
    var all = ImmutableSetMultimap.<ResourceType, String>builder();
    snapshot.resources().forEach((type, resources) -> all.putAll(type, resources.keySet()));
    return all.build();
  }

  private static ImmutableSetMultimap<ResourceType, String> difference(
      Snapshot previous, Snapshot next) {
    var changed = ImmutableSetMultimap.<ResourceType, String>builder();
    for (ResourceType type : ResourceType.values()) {
      Map<String, Resource> before = previous.of(type);
      Map<String, Resource> after = next.of(type);
      after.forEach((name, resource) -> {
        Resource old = before.get(name);
        if (old == null || !old.version().equals(resource.version())) {
          changed.put(type, name);
        }
      });
      before.keySet().stream()
          .filter(name -> !after.containsKey(name))
          .forEach(name -> changed.put(type, name));
    }
    return changed.build();
  }
}
