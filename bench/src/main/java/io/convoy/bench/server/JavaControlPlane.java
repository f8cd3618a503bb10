package io.convoy.bench.server;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Value;
import io.convoy.bench.workload.Workload;
import io.convoy.catalog.Catalog;
import io.convoy.policy.Policies;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.convoy.translation.Translator;
import io.envoyproxy.controlplane.cache.v3.SimpleCache;
import io.envoyproxy.controlplane.cache.v3.Snapshot;
import io.envoyproxy.controlplane.server.V3DiscoveryServer;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The peer: java-control-plane's {@code SimpleCache} and discovery server, as its documentation
 * sets them up, with resources from Convoy's translation. Only what changed is made anew, and only
 * the types that changed get another version.
 */
final class JavaControlPlane implements Engine {
  private final SimpleCache<Integer> cache = new SimpleCache<>(JavaControlPlane::port);
  private final ExecutorService pool =
      Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()));
  private final Server server;
  private final List<Group> groups;
  private Catalog catalog;

  /** {@code ports}: of the gateways' listeners; 0 for those that do not name one. */
  JavaControlPlane(Workload workload, Collection<Integer> ports) throws IOException {
    catalog = workload.catalog();
    groups = ports.stream().map(Group::new).toList();
    publish();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .executor(pool)
            .addService(new V3DiscoveryServer(cache).getAggregatedDiscoveryServiceImpl())
            .build()
            .start();
  }

  private static Integer port(Node node) {
    Value port = node.getMetadata().getFieldsOrDefault("port", Value.getDefaultInstance());
    return (int) port.getNumberValue();
  }

  @Override
  public int port() {
    return server.getPort();
  }

  @Override
  public void change(Workload.Change change) {
    catalog = catalog.with(change.services(), change.removed());
    publish();
  }

  private void publish() {
    groups.forEach(group -> cache.setSnapshot(group.port, group.snapshot(catalog)));
  }

  /** The gateways that get the same resources. */
  private static final class Group {
    private final Integer port;
    private final Translator translator;
    private final Map<ResourceKey, Made> made = new HashMap<>();
    private final Map<ResourceType, Integer> versions = new EnumMap<>(ResourceType.class);

    private record Made(Resource resource, Message message) {}

    Group(Integer port) {
      this.port = port;
      this.translator =
          new Translator(new NodeGroup(NodeGroup.Role.GATEWAY, Workload.GROUP.cluster(), port));
    }

    Snapshot snapshot(Catalog catalog) {
      Collection<Resource> resources = translator.translate(catalog, Policies.EMPTY).resources();
      update(resources);
      return Snapshot.create(
          all(resources, ResourceType.CLUSTERS, Cluster.class),
          version(ResourceType.CLUSTERS),
          all(resources, ResourceType.ENDPOINTS, ClusterLoadAssignment.class),
          version(ResourceType.ENDPOINTS),
          all(resources, ResourceType.LISTENERS, Listener.class),
          version(ResourceType.LISTENERS),
          all(resources, ResourceType.ROUTES, RouteConfiguration.class),
          version(ResourceType.ROUTES),
          List.of(),
          "0");
    }

    private void update(Collection<Resource> resources) {
      Set<ResourceKey> gone = new HashSet<>(made.keySet());
      for (Resource resource : resources) {
        gone.remove(resource.key());
        Made before = made.get(resource.key());
        if (before == null || !before.resource().version().equals(resource.version())) {
          made.put(resource.key(), new Made(resource, message(resource)));
          versions.merge(resource.key().type(), 1, Integer::sum);
        }
      }
      for (ResourceKey key : gone) {
        made.remove(key);
        versions.merge(key.type(), 1, Integer::sum);
      }
    }

    private String version(ResourceType type) {
      return Integer.toString(versions.getOrDefault(type, 0));
    }

    private <T extends Message> List<T> all(
        Collection<Resource> resources, ResourceType type, Class<T> message) {
      List<T> all = new ArrayList<>();
      for (Resource resource : resources) {
        Made entry = made.get(resource.key());
        if (entry != null && resource.key().type() == type) {
          all.add(message.cast(entry.message()));
        }
      }
      return all;
    }
  }

  private static Message message(Resource resource) {
    try {
      return switch (resource.key().type()) {
        case CLUSTERS -> resource.body().unpack(Cluster.class);
        case ENDPOINTS -> resource.body().unpack(ClusterLoadAssignment.class);
        case LISTENERS -> resource.body().unpack(Listener.class);
        case ROUTES -> resource.body().unpack(RouteConfiguration.class);
        case SECRETS, EXTENSIONS ->
            throw new IllegalArgumentException("the workload has no " + resource.key());
      };
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      var _ = server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pool.shutdownNow();
  }
}
