package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.Maps;
import com.google.protobuf.Any;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import io.convoy.policy.DocumentId;
import io.convoy.policy.KeyServerAccess;
import io.convoy.policy.RouteSettings;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.Timeouts;
import io.convoy.translation.http.Faults;
import io.convoy.translation.http.RouterFilter;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The resources of gRPC clients without a proxy: every service is a listener of its name, with a
 * route configuration of the same name. What they understand is less than Envoy does (gRPC proposal
 * A27 and those that follow it), so only that is said. Confined to one thread.
 */
final class GrpcClients implements RoleTranslator {
  private final NodeGroup group;
  private final Compilations compilations = new Compilations();
  private final Memo<String, RouteTable, Resource> tables = new Memo<>();
  private final Memo<String, String, Resource> listeners = new Memo<>();
  private final ClusterResources clusters =
      new ClusterResources(
          GrpcClients::cluster, Endpoints.Reader.GRPC, KeyServerAccess.TRUST_ROOTS);

  private Documents documents = Documents.NONE;
  private ImmutableSet<String> services = ImmutableSet.of();
  private @Nullable Routing routing;

  private record Routing(
      ImmutableList<Resource> resources,
      ImmutableList<ClusterPlan> plans,
      ImmutableSetMultimap<DocumentId, String> problems) {}

  GrpcClients(NodeGroup group) {
    this.group = group;
  }

  @Override
  public Translation translate(
      Catalog catalog, Set<String> changed, Documents nextDocuments, Mesh mesh) {
    Routing current = routing(catalog.services().keySet(), nextDocuments);
    clusters.update(current.plans, catalog, changed, mesh);
    var problems = new Problems();
    var resources = ImmutableList.<Resource>builder().addAll(current.resources);
    current.problems.forEach(problems::add);
    clusters.collect(resources, problems);
    return new Translation(resources.build(), problems.build());
  }

  @SuppressWarnings("ReferenceEquality")
  private Routing routing(ImmutableSet<String> nextServices, Documents nextDocuments) {
    if (routing == null || nextDocuments != documents || !nextServices.equals(services)) {
      routing = route(nextServices, nextDocuments);
      documents = nextDocuments;
      services = nextServices;
    }
    return routing;
  }

  private Routing route(ImmutableSet<String> names, Documents nextDocuments) {
    var problems = new Problems();
    var resources = ImmutableList.<Resource>builder();
    Map<String, ClusterPlan> plans = new TreeMap<>();
    var chains = new ChainDocuments(nextDocuments);
    for (String name : names) {
      if (chains.protocol(name) != ServiceDefaults.Protocol.TCP) {
        CompiledRoutes routes = routes(name, nextDocuments);
        var attached =
            new RouteTable.Attached(
                routes,
                GatewayLayout.hosts(routes.hostnames()),
                Maps.toMap(routes.sites(), site -> filters(site, nextDocuments)));
        var table = RouteTable.of(name, ImmutableList.of(attached));
        resources.add(listeners.get(name, name, () -> listener(name)));
        resources.add(tables.get(name, table, table::resource));
        routes.problems().forEach(problems::add);
        plans.putAll(routes.clusters());
      }
    }
    compilations.forgetUnused();
    tables.forgetUnused();
    listeners.forgetUnused();
    return new Routing(resources.build(), ImmutableList.copyOf(plans.values()), problems.build());
  }

  /** Every path goes to the service, by its router, splitter and resolver. */
  private CompiledRoutes routes(String service, Documents nextDocuments) {
    var route = new MetaRoute(service, "/", false, "", 0);
    return compilations.get(
        route.id(),
        route,
        nextDocuments,
        asked -> RouteCompiler.compile(group.cluster(), route, asked));
  }

  /**
   * What they understand of traffic policies: faults (A33), retries (A44), and how long a call may
   * take (A31), which they read from the longest duration of a stream.
   */
  private static RouteFilters filters(CompiledRoutes.Site site, Documents documents) {
    var place =
        new Place(
            "", ImmutableSet.of(), Optional.empty(), site.services(), ImmutableSet.of(), false);
    PlaceTraffic traffic = PlaceTraffic.at(place, documents);
    RouteSettings settings = traffic.settings();
    var configs = ImmutableSortedMap.<String, Any>naturalOrder();
    settings
        .faultInjection()
        .filter(Faults::happen)
        .ifPresent(faults -> configs.put(Faults.NAME, Faults.perRoute(faults)));
    return new RouteFilters(
        configs.buildOrThrow(),
        ImmutableSortedSet.of(),
        new RouteTraffic(
            Timeouts.NONE,
            settings.maxStreamDuration().or(() -> settings.timeouts().request()),
            settings.retry(),
            Optional.empty()),
        ImmutableSet.of(),
        traffic.documents());
  }

  private static Resource listener(String name) {
    var manager =
        HttpConnectionManager.newBuilder()
            .setRds(Rds.newBuilder().setConfigSource(Ads.SOURCE).setRouteConfigName(name))
            .addHttpFilters(Faults.ENABLED)
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
        plan.settings().loadBalancing().policy().filter(RouteActions::hashes).isPresent()
            ? Cluster.LbPolicy.RING_HASH
            : Cluster.LbPolicy.ROUND_ROBIN);
    Clusters.breakers(cluster, plan.settings().circuitBreaker());
    plan.settings()
        .outlierDetection()
        .ifPresent(check -> cluster.setOutlierDetection(HealthChecks.outliers(check)));
    return cluster.build();
  }
}
