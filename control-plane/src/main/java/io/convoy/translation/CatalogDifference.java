package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Service;

/** Finds out what differs between two catalogs. */
final class CatalogDifference {
  private CatalogDifference() {}

  /** Names of services that were added, removed or are not what they were. */
  static ImmutableSet<String> between(Catalog before, Catalog after) {
    var names = ImmutableSet.<String>builder();
    var oldServices = before.services().values().asList();
    var newServices = after.services().values().asList();
    int i = 0;
    int j = 0;
    while (i < oldServices.size() || j < newServices.size()) {
      int order =
          i == oldServices.size()
              ? 1
              : j == newServices.size() ? -1 : order(oldServices.get(i), newServices.get(j));
      if (order < 0) {
        names.add(oldServices.get(i++).name());
      } else if (order > 0) {
        names.add(newServices.get(j++).name());
      } else if (!oldServices.get(i++).equals(newServices.get(j++))) {
        names.add(newServices.get(j - 1).name());
      }
    }
    return names.build();
  }

  private static int order(Service one, Service other) {
    return one.name().compareTo(other.name());
  }
}
