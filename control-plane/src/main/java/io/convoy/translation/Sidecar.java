package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import io.convoy.policy.DocumentId;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The resources of the Envoys beside one service. Confined to one thread. */
final class Sidecar implements RoleTranslator {
  private final NodeGroup group;
  private final UndeclaredUpstreams undeclared;
  private final SidecarRoutes routes;
  private final ClusterResources clusters;

  private final LocalCluster localCluster;

  private SidecarLayout layout = SidecarLayout.NOTHING;
  private Asked asked = new Asked(layout, ImmutableSortedMap.of(), Mesh.NONE);
  private Documents documents = Documents.NONE;
  private GatewayRoutes.@Nullable Routing routing;

  /** What routes depend on besides documents; {@code upstreams}: those in scope. */
  record Asked(
      SidecarLayout layout, ImmutableSortedMap<String, OptionalInt> upstreams, Mesh mesh) {}

  /** {@code trustRoots}: a file on every Envoy's disk. */
  Sidecar(NodeGroup group, UndeclaredUpstreams undeclared, Seats seats, String trustRoots) {
    this.group = group;
    this.undeclared = undeclared;
    this.localCluster = new LocalCluster(group.cluster());
    this.clusters = new ClusterResources(Clusters::of, Endpoints.Reader.ENVOY, trustRoots);
    this.routes = new SidecarRoutes(group.cluster(), seats, trustRoots);
  }

  @Override
  public Translation translate(
      Catalog catalog, Set<String> changed, Documents nextDocuments, Mesh mesh) {
    if (changed.contains(group.cluster())) {
      layout =
          catalog
              .service(group.cluster())
              .map(service -> SidecarLayout.of(service, group.port()))
              .orElse(SidecarLayout.NOTHING);
    }
    GatewayRoutes.Routing current =
        routing(new Asked(layout, upstreams(catalog.services().keySet()), mesh), nextDocuments);
    clusters.update(current.plans(), catalog, changed, mesh);

    var outside = new Problems();
    Outside.report(nextDocuments, catalog.services().keySet(), outside);
    return current.with(
        clusters,
        localCluster.update(catalog, changed),
        ImmutableSetMultimap.<DocumentId, String>builder()
            .putAll(MetaRoute.id(group.cluster()), layout.problems())
            .putAll(outside.build())
            .build());
  }

  private ImmutableSortedMap<String, OptionalInt> upstreams(ImmutableSet<String> services) {
    return layout
        .upstreams()
        .orElseGet(() ->
            switch (undeclared) {
              case ALL ->
                  services.stream()
                      .collect(
                          ImmutableSortedMap.toImmutableSortedMap(
                              java.util.Comparator.naturalOrder(),
                              name -> name,
                              name -> OptionalInt.empty()));
              case NONE -> ImmutableSortedMap.of();
            });
  }

  @SuppressWarnings("ReferenceEquality")
  private GatewayRoutes.Routing routing(Asked next, Documents nextDocuments) {
    if (routing == null || nextDocuments != documents || !next.equals(asked)) {
      routing = routes.route(next, nextDocuments);
      documents = nextDocuments;
      asked = next;
    }
    return routing;
  }
}
