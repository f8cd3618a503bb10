package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.SecurityPolicy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The resources of a gateway's node group. Confined to one thread. */
final class Gateway implements RoleTranslator {
  private final MetaRoutes metaRoutes = new MetaRoutes();
  private final GatewayRoutes routes;
  private final ClusterResources clusters;

  private final String gateway;
  private final LocalCluster localCluster;

  private Documents documents = Documents.NONE;
  private Documents missingIn = Documents.NONE;
  private ImmutableSet<String> missingAmong = ImmutableSet.of();
  private ImmutableSetMultimap<DocumentId, String> missing = ImmutableSetMultimap.of();
  private ImmutableList<MetaRoutes.Named> meta = ImmutableList.of();
  private GatewayRoutes.@Nullable Routing routing;

  /** {@code trustRoots}: a file on every Envoy's disk. */
  Gateway(NodeGroup group, Seats seats, String trustRoots) {
    this.gateway = group.cluster();
    this.localCluster = new LocalCluster(gateway);
    this.clusters = new ClusterResources(Clusters::of, Endpoints.Reader.ENVOY, trustRoots);
    this.routes = new GatewayRoutes(group, seats, trustRoots);
  }

  @Override
  public Translation translate(
      Catalog catalog, Set<String> changed, Documents nextDocuments, Mesh mesh) {
    GatewayRoutes.Routing current = routing(nextDocuments, metaRoutes.update(catalog, changed));
    clusters.update(current.plans(), catalog, changed, mesh);

    return current.with(
        clusters,
        localCluster.update(catalog, changed),
        missing(catalog.services().keySet(), nextDocuments));
  }

  /** What policies are attached to and does not exist: looked at anew when it may differ. */
  @SuppressWarnings("ReferenceEquality")
  private ImmutableSetMultimap<DocumentId, String> missing(
      ImmutableSet<String> services, Documents nextDocuments) {
    if (nextDocuments != missingIn || !services.equals(missingAmong)) {
      var problems = new Problems();
      nextDocuments
          .security()
          .reportMissing(gateway, nextDocuments, services, SecurityPolicy::id, problems);
      nextDocuments
          .traffic()
          .reportMissing(gateway, nextDocuments, services, BackendTrafficPolicy::id, problems);
      Outside.report(nextDocuments, services, problems);
      missing = problems.build();
      missingIn = nextDocuments;
      missingAmong = services;
    }
    return missing;
  }

  @SuppressWarnings("ReferenceEquality") // both stay the same objects while nothing differs
  private GatewayRoutes.Routing routing(
      Documents nextDocuments, ImmutableList<MetaRoutes.Named> nextMeta) {
    GatewayRoutes.Routing last = routing;
    if (last != null && nextDocuments == documents && nextMeta == meta) {
      return last;
    }
    GatewayRoutes.Routing next =
        last == null || nextMeta != meta
            ? routes.route(nextDocuments, nextMeta)
            : documents
                .differingInLimitsOnly(nextDocuments)
                .map(differing -> routes.refill(last, differing))
                .orElseGet(() -> routes.route(nextDocuments, nextMeta));
    routing = next;
    documents = nextDocuments;
    meta = nextMeta;
    return next;
  }
}
