package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.net.InetAddresses;
import com.google.protobuf.UInt32Value;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.ServiceResolver;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A cluster's load assignment.
 *
 * <p>Failover is by priority within the one assignment: Envoy turns to the next group when the one
 * before has no healthy endpoint left. The groups of a plan agree in everything that a cluster
 * sets, so an aggregate of several clusters would add nothing but names. The overprovisioning
 * factor makes the turn sharp, as Consul's is: by default Envoy would spread to the next group
 * already when less than 72 % of the first are healthy.
 *
 * @param needsDns whether some address is a host name, which Envoy resolves only where endpoints
 *     are a part of the cluster, not in EDS
 * @param problems instances that cannot be used, and services to fail over to that do not exist
 */
record Endpoints(
    ClusterLoadAssignment assignment,
    boolean needsDns,
    ImmutableSetMultimap<DocumentId, String> problems) {
  private static final int SHARP_FAILOVER = 100_000;

  /**
   * What the assignment is made of: the plan's groups, and their services as the catalog has them.
   */
  record Input(
      String cluster,
      ImmutableList<ClusterPlan.Group> groups,
      ImmutableList<Optional<Service>> services,
      Reader reader) {}

  /** Who reads the assignment. */
  enum Reader {
    ENVOY,
    /** Ignores a locality without a weight, and resolves no names. */
    GRPC
  }

  static Endpoints of(Input input) {
    var assignment = ClusterLoadAssignment.newBuilder().setClusterName(input.cluster());
    boolean needsDns = false;
    var problems = new Problems();
    for (int priority = 0; priority < input.groups().size(); priority++) {
      ClusterPlan.Group group = input.groups().get(priority);
      Optional<Service> service = input.services().get(priority);
      if (service.isEmpty()) {
        if (priority > 0) {
          problems.add(
              new DocumentId("service-resolver", input.groups().getFirst().target().service()),
              "failover: service \"%s\" is not in the catalog".formatted(group.target().service()));
        }
        continue;
      }
      var localities = new TreeMap<Locality, ImmutableList.Builder<Instance>>();
      Predicate<Instance> member = group.subset().map(Endpoints::member).orElse(all -> true);
      for (Instance instance : service.get().instances()) {
        if (!member.test(instance)) {
          continue;
        }
        if (instance.port() == 0) {
          problems.add(
              MetaRoute.id(service.get().name()),
              "instance \"%s\" is left out: it has no port".formatted(instance.id()));
          continue;
        }
        boolean name = !InetAddresses.isInetAddress(instance.address());
        if (name && input.reader() == Reader.GRPC) {
          problems.add(
              MetaRoute.id(service.get().name()),
              "instance \"%s\" is left out for gRPC clients: \"%s\" is not an IP address"
                  .formatted(instance.id(), instance.address()));
          continue;
        }
        needsDns |= name;
        localities
            .computeIfAbsent(instance.locality(), key -> ImmutableList.builder())
            .add(instance);
      }
      for (var entry : localities.entrySet()) {
        assignment.addEndpoints(
            locality(entry.getKey(), entry.getValue().build(), priority, input));
      }
    }
    if (input.groups().size() > 1) {
      assignment.setPolicy(
          ClusterLoadAssignment.Policy.newBuilder()
              .setOverprovisioningFactor(UInt32Value.of(SHARP_FAILOVER)));
    }
    return new Endpoints(assignment.build(), needsDns, problems.build());
  }

  private static Predicate<Instance> member(ServiceResolver.Subset subset) {
    return instance ->
        subset.filter().matches(instance)
            && !(subset.onlyPassing() && instance.health() == Health.WARNING);
  }

  private static LocalityLbEndpoints locality(
      Locality locality, ImmutableList<Instance> instances, int priority, Input input) {
    var result = LocalityLbEndpoints.newBuilder().setPriority(priority);
    if (!locality.equals(Locality.UNKNOWN)) {
      result.setLocality(
          io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
              .setRegion(locality.region())
              .setZone(locality.zone()));
    }
    if (input.reader() == Reader.GRPC) {
      int sum = instances.stream().mapToInt(Instance::weight).sum();
      result.setLoadBalancingWeight(UInt32Value.of(sum));
    }
    instances.forEach(instance -> result.addLbEndpoints(endpoint(instance)));
    return result.build();
  }

  private static LbEndpoint endpoint(Instance instance) {
    var address =
        SocketAddress.newBuilder().setAddress(instance.address()).setPortValue(instance.port());
    return LbEndpoint.newBuilder()
        .setHealthStatus(health(instance.health()))
        .setLoadBalancingWeight(UInt32Value.of(instance.weight()))
        .setEndpoint(
            Endpoint.newBuilder().setAddress(Address.newBuilder().setSocketAddress(address)))
        .build();
  }

  /**
   * A warning instance is as good as a passing one, as in Consul, which gives it a weight of its
   * own for that purpose; {@code DEGRADED} would keep it idle while others live. One in maintenance
   * drains: it gets no new request, and what runs on it may end.
   */
  private static HealthStatus health(Health health) {
    return switch (health) {
      case PASSING, WARNING -> HealthStatus.HEALTHY;
      case CRITICAL -> HealthStatus.UNHEALTHY;
      case MAINTENANCE -> HealthStatus.DRAINING;
    };
  }
}
