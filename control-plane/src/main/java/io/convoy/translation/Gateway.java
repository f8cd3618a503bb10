package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Catalog;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The resources of a gateway's node group. Confined to one thread. */
final class Gateway implements RoleTranslator {
  private final MetaRoutes metaRoutes = new MetaRoutes();
  private final GatewayRoutes routes;
  private final ClusterResources clusters =
      new ClusterResources(Clusters::of, Endpoints.Reader.ENVOY);

  private Documents documents = Documents.NONE;
  private ImmutableList<MetaRoutes.Named> meta = ImmutableList.of();
  private GatewayRoutes.@Nullable Routing routing;

  /** {@code trustRoots}: a file on every Envoy's disk. */
  Gateway(NodeGroup group, Seats seats, String trustRoots) {
    this.routes = new GatewayRoutes(group, seats, trustRoots);
  }

  @Override
  public Translation translate(Catalog catalog, Set<String> changed, Documents nextDocuments) {
    GatewayRoutes.Routing current = routing(nextDocuments, metaRoutes.update(catalog, changed));
    clusters.update(current.plans(), catalog, changed);

    var problems = new Problems();
    var resources = ImmutableList.<Resource>builder().addAll(current.resources());
    current.problems().forEach(problems::add);
    clusters.collect(resources, problems);
    current.report(clusters.missing(), problems);
    return new Translation(resources.build(), problems.build());
  }

  @SuppressWarnings("ReferenceEquality") // both stay the same objects while nothing differs
  private GatewayRoutes.Routing routing(
      Documents nextDocuments, ImmutableList<MetaRoutes.Named> nextMeta) {
    if (routing == null || nextDocuments != documents || nextMeta != meta) {
      routing = routes.route(nextDocuments, nextMeta);
      documents = nextDocuments;
      meta = nextMeta;
    }
    return routing;
  }
}
