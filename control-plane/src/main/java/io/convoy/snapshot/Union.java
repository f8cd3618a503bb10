package io.convoy.snapshot;

import com.google.common.collect.ImmutableSet;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The services of several sources as one: a service that more than one of them names has the
 * instances of all. Where two name the same instance, by node and id, the lower rank's counts.
 *
 * <p>Confined to the writer's thread.
 */
final class Union {
  private record InstanceKey(String node, String id) {}

  private final Map<String, NavigableMap<Integer, Service>> services = new HashMap<>();

  /** Takes what the source of a rank says of some services. */
  void report(int rank, Collection<Service> changed, Collection<String> removed) {
    for (Service service : changed) {
      services.computeIfAbsent(service.name(), name -> new TreeMap<>()).put(rank, service);
    }
    for (String name : removed) {
      NavigableMap<Integer, Service> sources = services.get(name);
      if (sources != null && sources.remove(rank) != null && sources.isEmpty()) {
        services.remove(name);
      }
    }
  }

  /** The service as all sources together have it; empty when none names it. */
  Optional<Service> get(String name) {
    NavigableMap<Integer, Service> sources = services.get(name);
    if (sources == null) {
      return Optional.empty();
    }
    if (sources.size() == 1) {
      return Optional.of(sources.firstEntry().getValue());
    }
    Map<InstanceKey, Instance> instances = new LinkedHashMap<>();
    for (Service service : sources.values()) {
      for (Instance instance : service.instances()) {
        instances.putIfAbsent(new InstanceKey(instance.node(), instance.id()), instance);
      }
    }
    return Optional.of(Service.of(name, instances.values()));
  }

  /** What the source of a rank names. */
  ImmutableSet<String> names(int rank) {
    return services.entrySet().stream()
        .filter(entry -> entry.getValue().containsKey(rank))
        .map(Map.Entry::getKey)
        .collect(ImmutableSet.toImmutableSet());
  }
}
