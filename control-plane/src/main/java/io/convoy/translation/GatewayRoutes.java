package io.convoy.translation;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ListMultimap;
import com.google.common.collect.Sets;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.TargetRef;
import io.convoy.translation.http.Lanes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A gateway's listeners and route configurations: what documents and meta decide, whatever
 * instances there are. Confined to one thread.
 */
final class GatewayRoutes {
  private final NodeGroup group;
  private final GatewayPolicies policies;
  private final Compilations compilations = new Compilations();
  private final Memo<String, RouteTable, Resource> tables = new Memo<>();
  private final Memo<String, GatewayListener.Input, Resource> listeners = new Memo<>();

  /** Routes at a port, and what policies can be attached to there. */
  private record Found(
      CompiledRoutes routes,
      ImmutableSet<String> hosts,
      ImmutableMap<CompiledRoutes.Site, Place> places) {

    RouteTable.Attached attached(Map<Place, RouteFilters> filters) {
      var here = ImmutableMap.<CompiledRoutes.Site, RouteFilters>builder();
      places.forEach((site, place) -> {
        RouteFilters wanted = filters.getOrDefault(place, RouteFilters.NONE);
        if (!wanted.equals(RouteFilters.NONE)) {
          here.put(site, wanted);
        }
      });
      return new RouteTable.Attached(routes, hosts, here.buildOrThrow());
    }
  }

  /**
   * The outcome.
   *
   * @param slots the content of the listeners' slots
   * @param resources all others
   * @param plans of all clusters that a route goes to, sorted by name
   * @param sources of the routes
   * @param mirrors the clusters that copies of requests go to, which are among the plans
   */
  record Routing(
      ImmutableList<Resource> slots,
      ImmutableList<Resource> resources,
      ImmutableList<ClusterPlan> plans,
      ImmutableList<CompiledRoutes> sources,
      Mirrors.Planned mirrors,
      ImmutableSetMultimap<DocumentId, String> problems) {

    /** With what the catalog makes of it; {@code more}: what else is wrong. */
    Translation with(
        ClusterResources clusters,
        Optional<Resource> localCluster,
        ImmutableSetMultimap<DocumentId, String> more) {
      var found = new Problems();
      var all = ImmutableList.<Resource>builder().addAll(slots).addAll(resources);
      problems.forEach(found::add);
      clusters.collect(all, found);
      localCluster.ifPresent(all::add);
      report(clusters.missing(), found);
      more.forEach(found::add);
      return new Translation(all.build(), found.build());
    }

    /** What is wrong where the clusters named are of services that the catalog does not have. */
    private void report(ImmutableSet<String> missing, Problems problems) {
      if (missing.isEmpty()) {
        return;
      }
      for (CompiledRoutes source : sources) {
        report(source.clusters(), source.namedBy(), missing, problems);
      }
      report(mirrors.clusters(), mirrors.namedBy(), missing, problems);
    }

    private static void report(
        Map<String, ClusterPlan> clusters,
        ImmutableSetMultimap<String, DocumentId> namedBy,
        Set<String> missing,
        Problems problems) {
      clusters.forEach((name, plan) -> {
        if (missing.contains(name)) {
          String line = "service \"%s\" is not in the catalog".formatted(plan.target().service());
          namedBy.get(name).forEach(id -> problems.add(id, line));
        }
      });
    }
  }

  GatewayRoutes(NodeGroup group, Seats seats, String trustRoots) {
    this.group = group;
    this.policies = new GatewayPolicies(group.cluster(), seats, trustRoots);
  }

  /** As it was routed last, but for the limits of policies that differ in nothing else. */
  Routing refill(Routing last, ImmutableList<BackendTrafficPolicy> differing) {
    policies.refill(differing);
    return new Routing(
        policies.slots(),
        last.resources(),
        last.plans(),
        last.sources(),
        last.mirrors(),
        last.problems());
  }

  Routing route(Documents documents, ImmutableList<MetaRoutes.Named> metaRoutes) {
    var problems = new Problems();
    documents.refusedProviders().forEach(problems::add);
    GatewayLayout layout = GatewayLayout.of(group, documents, problems);
    ListMultimap<GatewayLayout.Port, Found> found = ArrayListMultimap.create();
    httpRoutes(layout, documents, found, problems);
    if (!layout.described()) {
      metaRoutes(metaRoutes, documents, found.get(layout.ports().getFirst()), problems);
    }
    List<Place> places = new ArrayList<>();
    found.values().forEach(routes -> places.addAll(routes.places.values()));
    GatewayPolicies.Result applied = policies.apply(documents, places, List.of(), problems);

    var resources = ImmutableList.<Resource>builder().addAll(applied.resources());
    for (GatewayLayout.Port port : layout.ports()) {
      var table =
          RouteTable.of(
              port.name(),
              found.get(port).stream()
                  .map(routes -> routes.attached(applied.filters()))
                  .collect(ImmutableList.toImmutableList()));
      resources.add(tables.get(port.name(), table, table::resource));
      resources.add(listener(port, layout, applied.lanes()));
    }
    Map<String, ClusterPlan> plans = new TreeMap<>(applied.mirrors().clusters());
    var sources = ImmutableSet.<CompiledRoutes>builder();
    for (Found routes : found.values()) {
      sources.add(routes.routes);
      routes.routes.clusters().forEach((name, plan) -> plans.put(name, layout.speaking(plan)));
      routes.routes.problems().forEach(problems::add);
    }
    compilations.forgetUnused();
    tables.forgetUnused();
    listeners.forgetUnused();
    return new Routing(
        policies.slots(),
        resources.build(),
        ImmutableList.copyOf(plans.values()),
        sources.build().asList(),
        applied.mirrors(),
        problems.build());
  }

  private void httpRoutes(
      GatewayLayout layout,
      Documents documents,
      ListMultimap<GatewayLayout.Port, Found> found,
      Problems problems) {
    for (Documents.AgedRoute aged : documents.routes()) {
      var spots = layout.spots(aged.route(), documents, problems);
      if (!spots.isEmpty()) {
        CompiledRoutes routes =
            compilations.get(
                aged.route().id(),
                aged,
                documents,
                asked -> RouteCompiler.compile(group.cluster(), aged, asked));
        spots.forEach((port, spot) -> found.put(port, found(routes, spot, true)));
      }
    }
  }

  private void metaRoutes(
      ImmutableList<MetaRoutes.Named> metaRoutes,
      Documents documents,
      List<Found> found,
      Problems problems) {
    for (MetaRoutes.Named named : metaRoutes) {
      for (String problem : named.reading().problems()) {
        problems.add(MetaRoute.id(named.service()), problem);
      }
      if (named.reading().route().isPresent()) {
        MetaRoute route = named.reading().route().get();
        CompiledRoutes routes =
            compilations.get(
                route.id(),
                route,
                documents,
                asked -> RouteCompiler.compile(group.cluster(), route, asked));
        found.add(
            found(routes, GatewayLayout.spot(GatewayLayout.hosts(routes.hostnames())), false));
      }
    }
  }

  private Found found(CompiledRoutes routes, GatewayLayout.Spot spot, boolean document) {
    var places = ImmutableMap.<CompiledRoutes.Site, Place>builder();
    for (CompiledRoutes.Site site : routes.sites()) {
      var rule = new TargetRef.Rule(routes.source().name(), site.rule());
      places.put(
          site,
          new Place(
              group.cluster(),
              spot.listeners(),
              document ? Optional.of(rule) : Optional.empty(),
              site.services(),
              site.elsewhere(),
              false));
    }
    return new Found(routes, spot.hosts(), places.buildOrThrow());
  }

  private Resource listener(GatewayLayout.Port port, GatewayLayout layout, Lanes lanes) {
    ClientTraffic clients = Objects.requireNonNull(layout.clients().get(port));
    var input =
        new GatewayListener.Input(
            port.name(),
            GatewayListener.EVERYWHERE,
            port.number(),
            clients.settings(),
            lanes,
            Optional.empty(),
            Sets.union(layout.documents(), clients.documents()).immutableCopy(),
            Optional.empty());
    return listeners.get(
        port.name(),
        input,
        () ->
            References.resource(
                ResourceType.LISTENERS, port.name(), GatewayListener.of(input), input.documents()));
  }
}
