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
import io.convoy.policy.TerminatingGateway;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  static final String NO_AUTHORITY =
      "Consul's certificate authority could not be read, and without it nobody can prove who they are";

  private static final int SHARP_FAILOVER = 100_000;

  /**
   * What the assignment is made of: the plan, and the services of its groups as the catalog has
   * them; {@code tls}: absent where all are spoken to in plain text.
   */
  record Input(
      ClusterPlan plan,
      ImmutableList<Optional<Service>> services,
      Reader reader,
      Optional<PeerTls> tls) {}

  /** Who reads the assignment. */
  enum Reader {
    ENVOY,
    /**
     * Ignores a locality without a weight, in Go refuses one without an identity, be it empty, and
     * resolves no names.
     */
    GRPC
  }

  static Endpoints of(Input input) {
    var builder = new Builder(input);
    for (int i = 0; i < input.plan().groups().size(); i++) {
      Optional<Service> service = input.services().get(i);
      if (service.isPresent()) {
        builder.add(service.get(), input.plan().groups().get(i));
      } else if (i > 0) {
        builder.missing(input.plan().groups().get(i).target());
      }
    }
    return builder.build();
  }

  /** The instances as they are, in one priority. */
  static ClusterLoadAssignment byLocality(String name, Collection<Instance> instances) {
    var assignment = ClusterLoadAssignment.newBuilder().setClusterName(name);
    grouped(instances)
        .forEach((locality, members) ->
            assignment.addEndpoints(locality(locality, members, 0, Reader.ENVOY)));
    return assignment.build();
  }

  private static TreeMap<Locality, List<Instance>> grouped(Collection<Instance> instances) {
    var localities = new TreeMap<Locality, List<Instance>>();
    for (Instance instance : instances) {
      localities.computeIfAbsent(instance.locality(), key -> new ArrayList<>()).add(instance);
    }
    return localities;
  }

  private record Place(String address, int port) {}

  /**
   * Collects the groups' instances, each address once: Envoy keeps no address in two priorities.
   */
  private static final class Builder {
    private final Input input;
    private final ClusterLoadAssignment.Builder assignment;
    private final Problems problems = new Problems();
    private final Set<Place> taken = new HashSet<>();
    private boolean needsDns;
    private int priority;

    Builder(Input input) {
      this.input = input;
      this.assignment =
          ClusterLoadAssignment.newBuilder()
              .setClusterName(PeerTls.endpoints(input.plan().name(), input.tls()));
    }

    void missing(Target target) {
      problems.add(
          new DocumentId("service-resolver", input.plan().groups().getFirst().target().service()),
          "failover: service \"%s\" is not in the catalog".formatted(target.service()));
    }

    void add(Service service, ClusterPlan.Group group) {
      Map<Place, Instance> instances = new LinkedHashMap<>();
      Predicate<Instance> member = group.subset().map(Endpoints::member).orElse(all -> true);
      for (Instance instance : service.instances()) {
        if (member.test(instance)
            && (!input.plan().sidecars() || Sidecars.has(instance))
            && usable(service, instance)) {
          var address = new Place(instance.address(), instance.port());
          if (!taken.contains(address)) {
            instances.merge(address, instance, Endpoints::healthier);
          }
        }
      }
      taken.addAll(instances.keySet());
      if (!instances.isEmpty()) {
        localities(service.name(), instances.values());
        priority++; // counts groups that have instances: a gap is an error
      }
    }

    private boolean usable(Service service, Instance instance) {
      boolean name = !InetAddresses.isInetAddress(instance.address());
      if (instance.port() == 0) {
        leaveOut(service, instance, "it has no port");
        return false;
      }
      if (name && input.reader() == Reader.GRPC) {
        leaveOut(service, instance, "gRPC clients need an IP address, not " + instance.address());
        return false;
      }
      if (input.tls().filter(tls -> isPeer(tls, service) && tls.authority().isEmpty()).isPresent()
          && Sidecars.has(instance)) {
        leaveOut(service, instance, NO_AUTHORITY);
        return false;
      }
      Outside outside = input.plan().outside().get(service.name());
      if (outside != null && !Sidecars.has(instance)) {
        Optional<String> reason = unreachable(outside, name);
        if (reason.isPresent()) {
          leaveOut(service, instance, reason.get());
          leaveOut(outside.document(), service, instance, reason.get());
          return false;
        }
      }
      needsDns |= name;
      return true;
    }

    private static boolean isPeer(PeerTls tls, Service service) {
      return tls.services().contains(service.name());
    }

    /** Why an instance outside the mesh cannot be called as it is to be; empty where it can. */
    private Optional<String> unreachable(Outside outside, boolean name) {
      if (outside.linked().isEmpty()) {
        return Optional.of(outside.document() + " says how it is called, and is refused");
      }
      if (outside.tls().isEmpty()) {
        return Optional.empty();
      }
      if (input.reader() == Reader.GRPC) {
        return Optional.of(
            outside.document() + " asks for TLS, which gRPC clients without a proxy do not have");
      }
      return name || outside.tls().get().sni().isPresent()
          ? Optional.empty()
          : Optional.of(
              "its address is no name, and without SNI (%s) it is not known for which name its certificate has to be"
                  .formatted(outside.document()));
    }

    private void leaveOut(Service service, Instance instance, String reason) {
      problems.add(
          MetaRoute.id(service.name()),
          "instance \"%s\" is left out: %s".formatted(instance.id(), reason));
    }

    private void leaveOut(DocumentId id, Service service, Instance instance, String reason) {
      problems.add(
          id,
          "instance \"%s\" of service \"%s\" is left out: %s"
              .formatted(instance.id(), service.name(), reason));
    }

    private void localities(String service, Collection<Instance> instances) {
      grouped(instances)
          .forEach((locality, members) -> {
            var endpoints = locality(locality, members, priority, input.reader()).toBuilder();
            for (int i = 0; i < members.size(); i++) {
              peer(service, members.get(i), endpoints.getLbEndpointsBuilder(i));
            }
            assignment.addEndpoints(endpoints);
          });
    }

    /** Says how the endpoint is spoken to, and what it is called. */
    private void peer(String service, Instance instance, LbEndpoint.Builder endpoint) {
      if (Sidecars.has(instance)) {
        if (input.tls().filter(tls -> tls.services().contains(service)).isPresent()) {
          endpoint.setMetadata(MutualTls.endpoint(service));
        }
        return;
      }
      Outside outside = input.plan().outside().get(service);
      if (outside != null && input.reader() == Reader.ENVOY) {
        outside
            .tls()
            .ifPresent(_ -> endpoint.setMetadata(OutsideTls.endpoint(service, instance.address())));
        if (outside.hostRewrite()) {
          host(outside, instance).ifPresent(endpoint.getEndpointBuilder()::setHostname);
        }
      }
    }

    private static Optional<String> host(Outside outside, Instance instance) {
      return outside
          .tls()
          .flatMap(TerminatingGateway.Tls::sni)
          .or(() ->
              Optional.of(instance.address())
                  .filter(address -> !InetAddresses.isInetAddress(address))
                  .map(OutsideTls::name));
    }

    Endpoints build() {
      if (input.plan().groups().size() > 1) {
        assignment.setPolicy(
            ClusterLoadAssignment.Policy.newBuilder()
                .setOverprovisioningFactor(UInt32Value.of(SHARP_FAILOVER)));
      }
      return new Endpoints(assignment.build(), needsDns, problems.build());
    }
  }

  /** Of two registrations of one address the better counts: the other is what was before it. */
  private static Instance healthier(Instance one, Instance other) {
    return other.health().compareTo(one.health()) < 0 ? other : one;
  }

  private static Predicate<Instance> member(ServiceResolver.Subset subset) {
    return instance ->
        subset.filter().matches(instance)
            && !(subset.onlyPassing() && instance.health() == Health.WARNING);
  }

  private static LocalityLbEndpoints locality(
      Locality locality, List<Instance> instances, int priority, Reader reader) {
    var result = LocalityLbEndpoints.newBuilder().setPriority(priority);
    if (!locality.equals(Locality.UNKNOWN) || reader == Reader.GRPC) {
      result.setLocality(
          io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
              .setRegion(locality.region())
              .setZone(locality.zone()));
    }
    if (reader == Reader.GRPC) {
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
