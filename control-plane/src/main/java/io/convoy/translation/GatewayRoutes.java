package io.convoy.translation;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ListMultimap;
import io.convoy.policy.DocumentId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A gateway's listeners and route configurations: what documents and meta decide, whatever
 * instances there are. Confined to one thread.
 */
final class GatewayRoutes {
  private final NodeGroup group;
  private final Compilations compilations = new Compilations();
  private final Memo<String, RouteTable, Resource> tables = new Memo<>();
  private final Memo<String, GatewayListener.Input, Resource> listeners = new Memo<>();

  /**
   * The outcome.
   *
   * @param plans of all clusters that a route goes to, sorted by name
   * @param sources of the routes
   */
  record Routing(
      ImmutableList<Resource> resources,
      ImmutableList<ClusterPlan> plans,
      ImmutableList<CompiledRoutes> sources,
      ImmutableSetMultimap<DocumentId, String> problems) {

    /** What is wrong where the clusters named are of services that the catalog does not have. */
    void report(ImmutableSet<String> missing, Problems problems) {
      if (missing.isEmpty()) {
        return;
      }
      for (CompiledRoutes source : sources) {
        source
            .clusters()
            .forEach((name, plan) -> {
              if (missing.contains(name)) {
                String line =
                    "service \"%s\" is not in the catalog".formatted(plan.target().service());
                source.namedBy().get(name).forEach(id -> problems.add(id, line));
              }
            });
      }
    }
  }

  GatewayRoutes(NodeGroup group) {
    this.group = group;
  }

  Routing route(Documents documents, ImmutableList<MetaRoutes.Named> metaRoutes) {
    var problems = new Problems();
    GatewayLayout layout = GatewayLayout.of(group, documents, problems);
    ListMultimap<GatewayLayout.Port, RouteTable.Attached> attached = ArrayListMultimap.create();
    httpRoutes(layout, documents, attached, problems);
    if (!layout.described()) {
      metaRoutes(metaRoutes, documents, attached.get(layout.ports().getFirst()), problems);
    }

    var resources = ImmutableList.<Resource>builder();
    for (GatewayLayout.Port port : layout.ports()) {
      var table = new RouteTable(port.name(), ImmutableList.copyOf(attached.get(port)));
      resources.add(tables.get(port.name(), table, table::resource));
      resources.add(listener(port, layout));
    }
    Map<String, ClusterPlan> plans = new TreeMap<>();
    var sources = ImmutableSet.<CompiledRoutes>builder();
    for (RouteTable.Attached routes : attached.values()) {
      sources.add(routes.routes());
      plans.putAll(routes.routes().clusters());
      routes.routes().problems().forEach(problems::add);
    }
    compilations.forgetUnused();
    tables.forgetUnused();
    listeners.forgetUnused();
    return new Routing(
        resources.build(),
        ImmutableList.copyOf(plans.values()),
        sources.build().asList(),
        problems.build());
  }

  private void httpRoutes(
      GatewayLayout layout,
      Documents documents,
      ListMultimap<GatewayLayout.Port, RouteTable.Attached> attached,
      Problems problems) {
    for (Documents.AgedRoute aged : documents.routes()) {
      var places = layout.places(aged.route(), documents, problems);
      if (!places.isEmpty()) {
        CompiledRoutes routes =
            compilations.get(
                aged.route().id(),
                aged,
                documents,
                asked -> RouteCompiler.compile(group.cluster(), aged, asked));
        places.forEach((port, hosts) -> attached.put(port, new RouteTable.Attached(routes, hosts)));
      }
    }
  }

  private void metaRoutes(
      ImmutableList<MetaRoutes.Named> metaRoutes,
      Documents documents,
      List<RouteTable.Attached> attached,
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
        attached.add(new RouteTable.Attached(routes, GatewayLayout.hosts(routes.hostnames())));
      }
    }
  }

  private Resource listener(GatewayLayout.Port port, GatewayLayout layout) {
    var input =
        new GatewayListener.Input(
            port.name(), port.number(), layout.clientIp(), layout.documents());
    return listeners.get(
        port.name(),
        input,
        () ->
            References.resource(
                ResourceType.LISTENERS, port.name(), GatewayListener.of(input), input.documents()));
  }
}
