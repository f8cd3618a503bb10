package io.convoy.translation;

import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Mirror;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The clusters that copies of requests go to. */
final class Mirrors {
  private final ClusterPlanner planner;
  private final Map<DocumentId, Optional<RouteTraffic.Copies>> known = new HashMap<>();
  private final Map<String, ClusterPlan> clusters = new TreeMap<>();
  private final ImmutableSetMultimap.Builder<String, DocumentId> namedBy =
      ImmutableSetMultimap.builder();

  /**
   * The outcome.
   *
   * @param clusters by name
   * @param namedBy by cluster, the documents that name its service
   */
  record Planned(
      ImmutableSortedMap<String, ClusterPlan> clusters,
      ImmutableSetMultimap<String, DocumentId> namedBy) {}

  Mirrors(ClusterPlanner planner) {
    this.planner = planner;
  }

  /** Empty where the policy's mirror is no service that there can be. */
  Optional<RouteTraffic.Copies> of(BackendTrafficPolicy policy, Mirror mirror) {
    return known.computeIfAbsent(policy.id(), id -> plan(id, mirror));
  }

  private Optional<RouteTraffic.Copies> plan(DocumentId policy, Mirror mirror) {
    Optional<ClusterPlanner.Planned> planned =
        planner.plan(new Target(mirror.service(), mirror.subset()), policy);
    planned.ifPresent(to -> {
      clusters.put(to.plan().name(), to.plan());
      namedBy.put(to.plan().name(), to.namedBy());
    });
    return planned.map(to -> new RouteTraffic.Copies(to.plan().name(), mirror.percentage()));
  }

  Planned planned() {
    return new Planned(ImmutableSortedMap.copyOf(clusters), namedBy.build());
  }
}
