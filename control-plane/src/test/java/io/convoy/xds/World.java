package io.convoy.xds;

import io.convoy.policy.DocumentId;
import io.convoy.snapshot.Snapshot;
import io.convoy.snapshot.Snapshots;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.NodeGroup.Role;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * A server on gRPC's in-process transport where everything happens on the test's thread and on the
 * test's clock: what a call causes has happened when it returns.
 */
final class World implements AutoCloseable {
  static final NodeGroup GATEWAY = new NodeGroup(Role.GATEWAY, "gateway", 0);

  record Rejection(NodeGroup group, ResourceKey key, String version, String message) {}

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<Rejection> rejections = new ArrayList<>();
  final List<NodeGroup> asked = new ArrayList<>();
  final Snapshots snapshots = new Snapshots(asked::add);
  final Clock clock = new Clock();
  final Map<ResourceKey, Resource> resources = new TreeMap<>();
  final XdsServer server;
  final ManagedChannel channel;

  World() {
    this(XdsSettings.plain("", 0));
  }

  World(XdsSettings settings) {
    String name = InProcessServerBuilder.generateName();
    try {
      server =
          XdsServer.start(
              InProcessServerBuilder.forName(name).directExecutor(),
              settings,
              snapshots,
              meters,
              (group, key, version, message, documents) ->
                  rejections.add(new Rejection(group, key, version, message)),
              Runnable::run,
              clock,
              Versions.CONTENT_HASH,
              List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
  }

  /** Default settings with other limits of order. */
  static XdsSettings order(Duration limit, Duration drain) {
    var d = XdsSettings.plain("", 0);
    return new XdsSettings(
        d.bind(),
        d.port(),
        d.credentials(),
        d.keepaliveTime(),
        d.keepaliveTimeout(),
        d.permitKeepalive(),
        d.maxStreams(),
        d.newStreamsPerSecond(),
        d.maxMessageBytes(),
        limit,
        drain,
        d.rejectionThreshold(),
        d.shutdownGrace(),
        d.threads());
  }

  World put(ResourceKey key, int number, ResourceKey... references) {
    resources.put(key, Make.resource(key, number, references));
    return this;
  }

  World put(ResourceKey key, int number, DocumentId document, ResourceKey... references) {
    resources.put(key, Make.resource(key, number, document, references));
    return this;
  }

  World drop(ResourceKey key) {
    resources.remove(key);
    return this;
  }

  Snapshot publish() {
    var snapshot = Snapshot.of(GATEWAY, resources.values());
    snapshots.publish(snapshot);
    return snapshot;
  }

  String version(ResourceKey key) {
    return java.util.Objects.requireNonNull(resources.get(key)).version();
  }

  TypeStatus type(String node, ResourceType type) {
    return node(node).types().entrySet().stream()
        .filter(entry -> entry.getKey() == type)
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  private NodeStatus node(String node) {
    return server.nodes().stream().filter(s -> s.id().equals(node)).findFirst().orElseThrow();
  }

  double count(String meter, String... tags) {
    return meters.get(meter).tags(tags).counter().count();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }

  /** Stands still until it is told to go on. */
  static final class Clock implements Timer {
    private record Alarm(long at, Runnable task) {}

    private final PriorityQueue<Alarm> alarms =
        new PriorityQueue<>(java.util.Comparator.comparingLong(Alarm::at));
    private long now = 1;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public Runnable after(long nanos, Runnable task) {
      var alarm = new Alarm(now + nanos, task);
      alarms.add(alarm);
      return () -> alarms.remove(alarm);
    }

    void pass(Duration time) {
      long until = now + time.toNanos();
      while (!alarms.isEmpty() && alarms.element().at() <= until) {
        Alarm alarm = alarms.remove();
        now = Math.max(now, alarm.at());
        alarm.task().run();
      }
      now = until;
    }
  }
}
