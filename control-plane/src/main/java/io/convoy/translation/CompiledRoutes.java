package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Retries;
import io.convoy.policy.Timeouts;
import io.envoyproxy.envoy.config.route.v3.Route;

/**
 * The routes of one document, or of one service's meta.
 *
 * @param source the document, or {@code service/NAME}
 * @param hostnames empty for every host
 * @param clusters that the routes go to, by name
 * @param namedBy by cluster, the documents that name its service
 * @param documents that shaped the routes, the source among them
 */
record CompiledRoutes(
    DocumentId source,
    ImmutableList<String> hostnames,
    ImmutableList<Block> blocks,
    ImmutableSortedMap<String, ClusterPlan> clusters,
    ImmutableSetMultimap<String, DocumentId> namedBy,
    ImmutableSet<DocumentId> documents,
    ImmutableSetMultimap<DocumentId, String> problems) {

  /** Routes that stay together and in this order; their rank is unique, and their place. */
  record Block(Rank rank, ImmutableList<Compiled> routes) {}

  /**
   * A route as documents of routing make it; policies are added where it is attached.
   *
   * @param sites one for each cluster that the route goes to, in their order; one without services
   *     where it goes to none
   * @param timeouts that its own documents give, before any policy; and so {@code retries}
   */
  record Compiled(Route route, ImmutableList<Site> sites, Timeouts timeouts, Retries retries) {

    /** The rule as such, whatever service its requests go to. */
    Site anyService() {
      return new Site(sites.getFirst().rule(), ImmutableSet.of(), ImmutableSet.of());
    }
  }

  /**
   * What policies attach to in a source.
   *
   * @param rule its place in the source
   * @param services all that the way to the cluster passes: the one that the route names, those of
   *     splitters and of resolvers; a policy of each of them applies
   * @param elsewhere those of them whose own sidecars take all of the requests
   */
  record Site(int rule, ImmutableSet<String> services, ImmutableSet<String> elsewhere) {}

  /** The sites of all routes, and of rules that go to several. */
  ImmutableSet<Site> sites() {
    var sites = ImmutableSet.<Site>builder();
    for (Block block : blocks) {
      for (Compiled route : block.routes()) {
        sites.addAll(route.sites());
        if (route.sites().size() > 1) {
          sites.add(route.anyService());
        }
      }
    }
    return sites.build();
  }
}
