package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Catalog;
import java.util.Set;
import java.util.TreeMap;

/** What the services of a catalog ask for by meta and tags. Confined to one thread. */
final class MetaRoutes {
  private final TreeMap<String, MetaRoute.Reading> readings = new TreeMap<>();
  private ImmutableList<Named> all = ImmutableList.of();

  /** A service that asks for a route, rightly or not. */
  record Named(String service, MetaRoute.Reading reading) {}

  /** Sorted by name; the same object as before unless some service asks for something else. */
  ImmutableList<Named> update(Catalog catalog, Set<String> changed) {
    boolean differs = false;
    for (String name : changed) {
      MetaRoute.Reading now =
          catalog.service(name).map(MetaRoute::read).orElse(MetaRoute.Reading.NOTHING);
      MetaRoute.Reading before =
          now.equals(MetaRoute.Reading.NOTHING) ? readings.remove(name) : readings.put(name, now);
      differs |= !now.equals(before == null ? MetaRoute.Reading.NOTHING : before);
    }
    if (differs) {
      var named = ImmutableList.<Named>builder();
      readings.forEach((name, reading) -> named.add(new Named(name, reading)));
      all = named.build();
    }
    return all;
  }
}
