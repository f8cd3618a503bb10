package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.policy.DocumentId;
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
  record Block(Rank rank, ImmutableList<Route> routes) {}
}
