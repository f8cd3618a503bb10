package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import com.google.common.net.InetAddresses;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import java.util.Optional;
import java.util.Set;

/**
 * Where the Envoys of a group stand, by zone: without it Envoy does not know which share of its
 * callers' requests it gets, and routes to every zone alike (Envoy's "zone aware routing"). They
 * are the instances of the service that the group is named like: of the service itself for
 * sidecars; a gateway has to be registered. Confined to one thread.
 */
final class LocalCluster {
  /** The cluster's name in every bootstrap that has a zone. */
  static final String NAME = "local/envoys";

  private final String service;
  private Optional<Resource> resource = Optional.empty();

  LocalCluster(String service) {
    this.service = service;
  }

  /** Absent where nothing is registered: an Envoy then takes every zone as its own. */
  Optional<Resource> update(Catalog catalog, Set<String> changed) {
    if (changed.contains(service)) {
      resource = catalog.service(service).map(LocalCluster::resource);
    }
    return resource;
  }

  private static Resource resource(Service service) {
    return References.resource(
        ResourceType.ENDPOINTS,
        NAME,
        Endpoints.byLocality(
            NAME, service.instances().stream().filter(LocalCluster::takesRequests).toList()),
        ImmutableSet.of());
  }

  private static boolean takesRequests(Instance instance) {
    return instance.port() > 0
        && InetAddresses.isInetAddress(instance.address())
        && (instance.health() == Health.PASSING || instance.health() == Health.WARNING);
  }
}
