package io.convoy.snapshot;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
  private final InstantSource clock;
  private final Map<NodeGroup, Group> groups = new HashMap<>();

  private static final class Group {
    Optional<Snapshot> snapshot = Optional.empty();
    final Set<Consumer<SnapshotUpdate>> listeners = new LinkedHashSet<>();
    Instant idleSince;

    Group(Instant now) {
      idleSince = now;
    }
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
    this(onNewGroup, InstantSource.system());
  }

  Snapshots(Consumer<NodeGroup> onNewGroup, InstantSource clock) {
    this.onNewGroup = onNewGroup;
    this.clock = clock;
  }

  /**
   * Subscribes to a group. Where a snapshot exists, the listener gets it before this returns; then
   * every update, without gaps.
   */
  public synchronized Subscription subscribe(NodeGroup group, Consumer<SnapshotUpdate> listener) {
    Group entry = groups.get(group);
    if (entry == null) {
      entry = new Group(clock.instant());
      groups.put(group, entry);
      onNewGroup.accept(group);
    }
    Group subscribed = entry;
    subscribed.listeners.add(listener);
    subscribed.snapshot.ifPresent(snapshot ->
        listener.accept(new SnapshotUpdate(snapshot, everything(snapshot), Duration.ZERO)));
    return () -> unsubscribe(subscribed, listener);
  }

  private synchronized void unsubscribe(Group group, Consumer<SnapshotUpdate> listener) {
    group.listeners.remove(listener);
    group.idleSince = clock.instant();
  }

  /**
   * Forgets the groups that nobody has subscribed to for a time, and returns them. Who subscribes
   * to one later makes it a new group.
   */
  synchronized ImmutableSet<NodeGroup> dropIdle(Duration time) {
    Instant since = clock.instant().minus(time);
    var idle = ImmutableSet.<NodeGroup>builder();
    groups.forEach((id, group) -> {
      if (group.listeners.isEmpty() && !group.idleSince.isAfter(since)) {
        idle.add(id);
      }
    });
    ImmutableSet<NodeGroup> dropped = idle.build();
    groups.keySet().removeAll(dropped);
    return dropped;
  }

  /**
   * Publishes {@code next}; does nothing when no resource differs from what was published before.
   * Returns what differs.
   */
  public ImmutableSetMultimap<ResourceType, String> publish(Snapshot next) {
    return publish(next, Duration.ZERO);
  }

  /** As {@link #publish(Snapshot)}, of a change that the registry reported so long ago. */
  public synchronized ImmutableSetMultimap<ResourceType, String> publish(
      Snapshot next, Duration sinceChange) {
    Group group = groups.computeIfAbsent(next.group(), key -> new Group(clock.instant()));
    var changed =
        group
            .snapshot
            .map(previous -> difference(previous, next))
            .orElseGet(() -> everything(next));
    boolean first = group.snapshot.isEmpty();
    group.snapshot = Optional.of(next);
    if (first || !changed.isEmpty()) {
      var update = new SnapshotUpdate(next, changed, sinceChange);
      ImmutableSet.copyOf(group.listeners).forEach(listener -> listener.accept(update));
    }
    return changed;
  }

  public synchronized Optional<Snapshot> get(NodeGroup group) {
    return Optional.ofNullable(groups.get(group)).flatMap(entry -> entry.snapshot);
  }

  /** The groups that are asked for, or were a short time ago. */
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
    next.forEachDifference(previous, changed::put);
    return changed.build();
  }
}
