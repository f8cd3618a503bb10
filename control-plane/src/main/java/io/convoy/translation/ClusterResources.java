package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Service;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.Optional;
import java.util.function.Function;

/** The clusters of plans and their load assignments, made anew only where something differs. */
final class ClusterResources {
  private final Function<Clusters.Input, Cluster> clusters;
  private final Endpoints.Reader reader;
  private final Memo<String, Endpoints.Input, Made> endpoints = new Memo<>();
  private final Memo<String, Clusters.Input, Resource> made = new Memo<>();

  private record Made(Endpoints endpoints, Optional<Resource> resource) {}

  ClusterResources(Function<Clusters.Input, Cluster> clusters, Endpoints.Reader reader) {
    this.clusters = clusters;
    this.reader = reader;
  }

  /**
   * Adds the resources of {@code plan} to {@code resources} and what is wrong to {@code problems}.
   * Returns whether the catalog has the service.
   */
  boolean add(
      ClusterPlan plan,
      Catalog catalog,
      ImmutableList.Builder<Resource> resources,
      Problems problems) {
    var input = new Endpoints.Input(plan.name(), plan.groups(), services(plan, catalog), reader);
    Made assigned = endpoints.get(plan.name(), input, () -> make(plan, input));
    var clusterInput =
        new Clusters.Input(
            plan,
            assigned.endpoints.needsDns()
                ? Optional.of(assigned.endpoints.assignment())
                : Optional.empty());
    resources.add(
        made.get(
            plan.name(),
            clusterInput,
            () ->
                References.resource(
                    ResourceType.CLUSTERS,
                    plan.name(),
                    clusters.apply(clusterInput),
                    plan.documents())));
    assigned.resource.ifPresent(resources::add);
    assigned.endpoints.problems().forEach(problems::add);
    return input.services().getFirst().isPresent();
  }

  private static ImmutableList<Optional<Service>> services(ClusterPlan plan, Catalog catalog) {
    if (plan.groups().size() == 1) {
      return ImmutableList.of(catalog.service(plan.groups().getFirst().target().service()));
    }
    return plan.groups().stream()
        .map(group -> catalog.service(group.target().service()))
        .collect(ImmutableList.toImmutableList());
  }

  private static Made make(ClusterPlan plan, Endpoints.Input input) {
    Endpoints endpoints = Endpoints.of(input);
    return new Made(
        endpoints,
        endpoints.needsDns()
            ? Optional.empty()
            : Optional.of(
                References.resource(
                    ResourceType.ENDPOINTS,
                    plan.name(),
                    endpoints.assignment(),
                    plan.documents())));
  }

  void forgetUnused() {
    endpoints.forgetUnused();
    made.forgetUnused();
  }
}
