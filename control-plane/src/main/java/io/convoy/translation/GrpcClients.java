package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Service;
import io.convoy.policy.ServiceDefaults;
import io.convoy.translation.http.RouterFilter;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.Map;
import java.util.TreeMap;

/**
 * The resources of gRPC clients without a proxy: every service is a listener of its name, with a
 * route configuration of the same name. What they understand is less than Envoy does (gRPC proposal
 * A27 and those that follow it), so only that is said. Confined to one thread.
 */
final class GrpcClients {
  private final NodeGroup group;
  private final Compilations compilations = new Compilations();
  private final Memo<String, RouteTable, Resource> tables = new Memo<>();
  private final Memo<String, String, Resource> listeners = new Memo<>();
  private final ClusterResources clusters =
      new ClusterResources(GrpcClients::cluster, Endpoints.Reader.GRPC);

  GrpcClients(NodeGroup group) {
    this.group = group;
  }

  Translation translate(Catalog catalog, Documents documents) {
    var problems = new Problems();
    var resources = ImmutableList.<Resource>builder();
    Map<String, ClusterPlan> plans = new TreeMap<>();
    var chains = new ChainDocuments(documents);
    for (Service service : catalog.services().values()) {
      if (chains.protocol(service.name()) == ServiceDefaults.Protocol.TCP) {
        continue;
      }
      CompiledRoutes routes = routes(service.name(), documents);
      var table =
          new RouteTable(
              service.name(),
              ImmutableList.of(
                  new RouteTable.Attached(routes, GatewayLayout.hosts(routes.hostnames()))));
      resources.add(listeners.get(service.name(), service.name(), () -> listener(service.name())));
      resources.add(tables.get(service.name(), table, table::resource));
      routes.problems().forEach(problems::add);
      plans.putAll(routes.clusters());
    }
    plans.values().forEach(plan -> clusters.add(plan, catalog, resources, problems));
    compilations.forgetUnused();
    tables.forgetUnused();
    listeners.forgetUnused();
    clusters.forgetUnused();
    return new Translation(resources.build(), problems.build());
  }

  /** Every path goes to the service, by its router, splitter and resolver. */
  private CompiledRoutes routes(String service, Documents documents) {
    var route = new MetaRoute(service, "/", false, "", 0);
    return compilations.get(
        route.id(),
        route,
        documents,
        asked -> RouteCompiler.compile(group.cluster(), route, asked));
  }

  private static Resource listener(String name) {
    var manager =
        HttpConnectionManager.newBuilder()
            .setRds(Rds.newBuilder().setConfigSource(Ads.SOURCE).setRouteConfigName(name))
            .addHttpFilters(RouterFilter.FILTER);
    var listener =
        Listener.newBuilder()
            .setName(name)
            .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(manager.build())));
    return References.resource(ResourceType.LISTENERS, name, listener.build(), ImmutableSet.of());
  }

  /** A client rejects a policy that it does not know: hashing is by ring, the rest in turn. */
  private static Cluster cluster(Clusters.Input input) {
    ClusterPlan plan = input.plan();
    var cluster = Cluster.newBuilder().setName(plan.name());
    Clusters.eds(cluster);
    cluster.setLbPolicy(
        plan.loadBalancer().filter(RouteActions::hashes).isPresent()
            ? Cluster.LbPolicy.RING_HASH
            : Cluster.LbPolicy.ROUND_ROBIN);
    Clusters.limits(cluster, plan.limits());
    plan.passiveHealthCheck()
        .ifPresent(check -> cluster.setOutlierDetection(Clusters.outliers(check)));
    return cluster.build();
  }
}
