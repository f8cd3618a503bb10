package io.convoy.translation;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ListMultimap;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The resources of a gateway's node group. Confined to one thread. */
final class Gateway {
  private final NodeGroup group;
  private final Memo<String, Service, MetaRoute.Reading> metaRoutes = new Memo<>();
  private final Compilations compilations = new Compilations();
  private final Memo<String, RouteTable, Table> tables = new Memo<>();
  private final Memo<String, GatewayListener.Input, Resource> listeners = new Memo<>();
  private final ClusterResources clusters =
      new ClusterResources(Clusters::of, Endpoints.Reader.ENVOY);

  /** A route configuration and the clusters that it names. */
  private record Table(Resource resource, ImmutableList<ClusterPlan> clusters) {}

  Gateway(NodeGroup group) {
    this.group = group;
  }

  Translation translate(Catalog catalog, Documents documents) {
    var problems = new Problems();
    var resources = ImmutableList.<Resource>builder();
    GatewayLayout layout = GatewayLayout.of(group, documents, problems);
    ListMultimap<GatewayLayout.Port, RouteTable.Attached> attached = ArrayListMultimap.create();
    httpRoutes(layout, documents, attached, problems);
    if (!layout.described()) {
      metaRoutes(catalog, documents, attached.get(layout.ports().getFirst()), problems);
    }

    Map<String, ClusterPlan> plans = new TreeMap<>();
    for (GatewayLayout.Port port : layout.ports()) {
      var table = new RouteTable(port.name(), ImmutableList.copyOf(attached.get(port)));
      Table made = tables.get(port.name(), table, () -> table(table));
      resources.add(made.resource());
      resources.add(listener(port, layout));
      made.clusters().forEach(plan -> plans.put(plan.name(), plan));
    }
    ImmutableSet.Builder<String> missing = ImmutableSet.builder();
    for (ClusterPlan plan : plans.values()) {
      if (!clusters.add(plan, catalog, resources, problems)) {
        missing.add(plan.name());
      }
    }
    report(attached.values(), missing.build(), problems);
    forgetUnused();
    return new Translation(resources.build(), problems.build());
  }

  private void httpRoutes(
      GatewayLayout layout,
      Documents documents,
      ListMultimap<GatewayLayout.Port, RouteTable.Attached> attached,
      Problems problems) {
    for (Documents.AgedRoute aged : documents.routes()) {
      var places = layout.places(aged.route(), documents, problems);
      if (places.isEmpty()) {
        continue;
      }
      CompiledRoutes routes =
          compilations.get(
              aged.route().id(),
              aged,
              documents,
              asked -> RouteCompiler.compile(group.cluster(), aged, asked));
      places.forEach((port, hosts) -> attached.put(port, new RouteTable.Attached(routes, hosts)));
    }
  }

  private void metaRoutes(
      Catalog catalog, Documents documents, List<RouteTable.Attached> attached, Problems problems) {
    for (Service service : catalog.services().values()) {
      MetaRoute.Reading reading =
          metaRoutes.get(service.name(), service, () -> MetaRoute.read(service));
      if (!reading.problems().isEmpty()) {
        DocumentId id = MetaRoute.id(service.name());
        reading.problems().forEach(line -> problems.add(id, line));
      }
      if (reading.route().isPresent()) {
        MetaRoute route = reading.route().get();
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

  private static Table table(RouteTable table) {
    Map<String, ClusterPlan> plans = new TreeMap<>();
    table.attached().forEach(source -> plans.putAll(source.routes().clusters()));
    return new Table(table.resource(), ImmutableList.copyOf(plans.values()));
  }

  private Resource listener(GatewayLayout.Port port, GatewayLayout layout) {
    var input = new GatewayListener.Input(port.name(), port.number(), layout.clientIp());
    return listeners.get(
        port.name(),
        input,
        () ->
            References.resource(
                ResourceType.LISTENERS,
                port.name(),
                GatewayListener.of(input),
                layout.documents()));
  }

  private static void report(
      Collection<RouteTable.Attached> attached, ImmutableSet<String> missing, Problems problems) {
    for (RouteTable.Attached source : attached) {
      CompiledRoutes routes = source.routes();
      if (!routes.problems().isEmpty()) {
        routes.problems().forEach(problems::add);
      }
      if (missing.isEmpty()) {
        continue;
      }
      routes
          .clusters()
          .forEach((name, plan) -> {
            if (missing.contains(name)) {
              problems.add(
                  routes.source(),
                  "service \"%s\" is not in the catalog".formatted(plan.target().service()));
            }
          });
    }
  }

  private void forgetUnused() {
    metaRoutes.forgetUnused();
    compilations.forgetUnused();
    tables.forgetUnused();
    listeners.forgetUnused();
    clusters.forgetUnused();
  }
}
