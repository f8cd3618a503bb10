package io.convoy.translation;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import java.util.List;
import java.util.Map;

/** Catalogs for tests. */
final class Catalogs {
  private Catalogs() {}

  static Catalog of(Service... services) {
    return Catalog.EMPTY.with(List.of(services), List.of());
  }

  static Service service(String name, Instance... instances) {
    return Service.of(name, List.of(instances));
  }

  /** A passing instance with a meta route. */
  static Instance instance(String id, String address, int port, Map<String, String> meta) {
    return new Instance(
        "node-1",
        id,
        address,
        port,
        ImmutableSortedSet.of(),
        ImmutableSortedMap.copyOf(meta),
        1,
        Health.PASSING,
        Locality.UNKNOWN,
        1);
  }
}
