package io.convoy.catalog;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeMap;

/** All services by name, sorted. Immutable. */
public record Catalog(ImmutableSortedMap<String, Service> services) {
  public static final Catalog EMPTY = new Catalog(ImmutableSortedMap.of());

  public Optional<Service> service(String name) {
    return Optional.ofNullable(services.get(name));
  }

  /** This catalog with {@code changed} put in and {@code removed} taken out. */
  public Catalog with(Collection<Service> changed, Collection<String> removed) {
    var next = new TreeMap<>(services);
    removed.forEach(next::remove);
    changed.forEach(service -> next.put(service.name(), service));
    return new Catalog(ImmutableSortedMap.copyOfSorted(next));
  }
}
