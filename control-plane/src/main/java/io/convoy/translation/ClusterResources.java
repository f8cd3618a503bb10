package io.convoy.translation;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.ListMultimap;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.policy.TerminatingGateway;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The clusters of plans with their load assignments. A change of the catalog costs what the plans
 * of the changed services do. Confined to one thread.
 */
final class ClusterResources {
  private final Function<Clusters.Input, Cluster> clusters;
  private final Endpoints.Reader reader;
  private final String trustRoots;
  private final Memo<String, OutsideTls.Files, ImmutableList<Resource>> files = new Memo<>();
  private final Memo<String, Endpoints.Input, Assigned> assignments = new Memo<>();
  private final Memo<String, Clusters.Input, Resource> made = new Memo<>();

  private Mesh mesh = Mesh.NONE;
  private ImmutableList<ClusterPlan> plans = ImmutableList.of();
  private final List<Of> results = new ArrayList<>();
  private final ListMultimap<String, Integer> positions = ArrayListMultimap.create();

  private record Assigned(Endpoints endpoints, Optional<Resource> resource) {}

  /** What became of one plan. */
  private record Of(
      Resource cluster,
      Assigned assigned,
      boolean inCatalog,
      ImmutableList<OutsideTls.Files> files) {}

  /** {@code trustRoots}: a file on every reader's disk. */
  ClusterResources(
      Function<Clusters.Input, Cluster> clusters, Endpoints.Reader reader, String trustRoots) {
    this.clusters = clusters;
    this.reader = reader;
    this.trustRoots = trustRoots;
  }

  /**
   * Brings everything up to date.
   *
   * @param next the same object as in the last call where no plan differs
   * @param changed names of services that differ from those of the last call
   */
  @SuppressWarnings("ReferenceEquality")
  void update(
      ImmutableList<ClusterPlan> next, Catalog catalog, Set<String> changed, Mesh nextMesh) {
    boolean sameMesh = nextMesh.equals(mesh);
    mesh = nextMesh;
    if (next == plans && sameMesh) {
      changed.forEach(service ->
          positions.get(service).forEach(i -> results.set(i, of(plans.get(i), catalog))));
      return;
    }
    plans = next;
    results.clear();
    positions.clear();
    for (ClusterPlan plan : next) {
      int position = results.size();
      plan.groups().forEach(group -> positions.put(group.target().service(), position));
      results.add(of(plan, catalog));
    }
    assignments.forgetUnused();
    made.forgetUnused();
  }

  /** Adds all resources, and what is wrong with instances. */
  void collect(ImmutableList.Builder<Resource> resources, Problems problems) {
    Map<String, OutsideTls.Files> used = new TreeMap<>();
    for (Of result : results) {
      result.files.forEach(file -> used.put(file.service(), file));
      resources.add(result.cluster);
      result.assigned.resource.ifPresent(resources::add);
      result.assigned.endpoints.problems().forEach(problems::add);
    }
    used.forEach((service, file) -> resources.addAll(files.get(service, file, file::resources)));
    files.forgetUnused();
  }

  /** Names of clusters whose own service is not in the catalog. */
  ImmutableSet<String> missing() {
    var missing = ImmutableSet.<String>builder();
    for (int i = 0; i < results.size(); i++) {
      if (!results.get(i).inCatalog) {
        missing.add(plans.get(i).name());
      }
    }
    return missing.build();
  }

  private Of of(ClusterPlan plan, Catalog catalog) {
    ImmutableList<Optional<Service>> services = services(plan, catalog);
    Optional<PeerTls> tls = tls(plan, services);
    var input = new Endpoints.Input(plan, services, reader, tls);
    Assigned assigned = assignments.get(plan.name(), input, () -> assign(input));
    Optional<Endpoints> inlined = Optional.of(assigned.endpoints).filter(Endpoints::needsDns);
    var clusterInput = new Clusters.Input(plan, inlined.map(Endpoints::assignment), tls);
    Resource cluster =
        made.get(
            plan.name(),
            clusterInput,
            () ->
                References.resource(
                    ResourceType.CLUSTERS,
                    plan.name(),
                    clusters.apply(clusterInput),
                    plan.documents()));
    return new Of(
        cluster,
        assigned,
        input.services().getFirst().isPresent(),
        tls.map(peers -> files(plan, peers)).orElse(ImmutableList.of()));
  }

  private ImmutableList<OutsideTls.Files> files(ClusterPlan plan, PeerTls tls) {
    var found = ImmutableList.<OutsideTls.Files>builder();
    tls.outside()
        .forEach((service, how) -> {
          Outside said = Objects.requireNonNull(plan.outside().get(service));
          found.add(new OutsideTls.Files(service, how, said.document(), trustRoots));
        });
    return found.build();
  }

  /** Present where some instance is not to be spoken to in plain text. */
  private Optional<PeerTls> tls(ClusterPlan plan, ImmutableList<Optional<Service>> services) {
    if (reader == Endpoints.Reader.GRPC) {
      return Optional.empty();
    }
    var peers = ImmutableSortedSet.<String>naturalOrder();
    var outside = new TreeMap<String, TerminatingGateway.Tls>();
    for (Service service : services.stream().flatMap(Optional::stream).toList()) {
      if (mesh.mutualTls() && service.instances().stream().anyMatch(Sidecars::has)) {
        peers.add(service.name());
      }
      if (!service.instances().stream().allMatch(Sidecars::has)) {
        Optional.ofNullable(plan.outside().get(service.name()))
            .flatMap(Outside::tls)
            .ifPresent(how -> outside.put(service.name(), how));
      }
    }
    ImmutableSortedSet<String> members = peers.build();
    return members.isEmpty() && outside.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new PeerTls(mesh.authority(), members, ImmutableSortedMap.copyOfSorted(outside)));
  }

  private static ImmutableList<Optional<Service>> services(ClusterPlan plan, Catalog catalog) {
    return plan.groups().stream()
        .map(group -> catalog.service(group.target().service()))
        .collect(ImmutableList.toImmutableList());
  }

  private static Assigned assign(Endpoints.Input input) {
    Endpoints endpoints = Endpoints.of(input);
    return new Assigned(
        endpoints,
        endpoints.needsDns()
            ? Optional.empty()
            : Optional.of(
                References.resource(
                    ResourceType.ENDPOINTS,
                    endpoints.assignment().getClusterName(),
                    endpoints.assignment(),
                    input.plan().documents())));
  }
}
