package io.convoy.translation;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.HashMap;
import java.util.Map;

/**
 * A gateway's translation with everything inlined that Envoy would ask for: only what is in a
 * bootstrap is looked at by {@code envoy --mode validate}.
 */
public final class StaticBootstrap {
  private final Map<String, ClusterLoadAssignment> endpoints = new HashMap<>();
  private final Map<String, RouteConfiguration> routes = new HashMap<>();

  private StaticBootstrap() {}

  /** As JSON, with the admin endpoint on a free port. */
  public static String of(Translation translation) {
    var result = new StaticBootstrap();
    for (Resource resource : translation.resources()) {
      switch (ResourceJson.message(resource)) {
        case ClusterLoadAssignment assignment ->
            result.endpoints.put(assignment.getClusterName(), assignment);
        case RouteConfiguration routes -> result.routes.put(routes.getName(), routes);
        default -> {}
      }
    }
    var address = SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(0);
    var bootstrap =
        Bootstrap.newBuilder()
            .setAdmin(
                Admin.newBuilder().setAddress(Address.newBuilder().setSocketAddress(address)));
    for (Resource resource : translation.resources()) {
      switch (ResourceJson.message(resource)) {
        case Cluster cluster ->
            bootstrap.getStaticResourcesBuilder().addClusters(result.cluster(cluster));
        case Listener listener ->
            bootstrap.getStaticResourcesBuilder().addListeners(result.listener(listener));
        default -> {}
      }
    }
    return ResourceJson.print(bootstrap);
  }

  private Cluster cluster(Cluster cluster) {
    if (!cluster.hasEdsClusterConfig()) {
      return cluster;
    }
    return cluster.toBuilder()
        .clearEdsClusterConfig()
        .setType(Cluster.DiscoveryType.STATIC)
        .setLoadAssignment(
            endpoints.getOrDefault(
                cluster.getName(),
                ClusterLoadAssignment.newBuilder().setClusterName(cluster.getName()).build()))
        .build();
  }

  private Listener listener(Listener listener) {
    var result = listener.toBuilder();
    for (var chain : result.getFilterChainsBuilderList()) {
      for (Filter.Builder filter : chain.getFiltersBuilderList()) {
        var manager = unpack(filter.getTypedConfig()).toBuilder();
        var name = manager.getRds().getRouteConfigName();
        manager.setRouteConfig(
            routes.getOrDefault(name, RouteConfiguration.newBuilder().setName(name).build()));
        filter.setTypedConfig(Any.pack(manager.build()));
      }
    }
    return result.build();
  }

  private static HttpConnectionManager unpack(Any any) {
    try {
      return any.unpack(HttpConnectionManager.class);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
