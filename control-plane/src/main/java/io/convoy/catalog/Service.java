package io.convoy.catalog;

import com.google.common.collect.ImmutableList;
import java.util.Collection;

/**
 * A service and its instances, healthy or not. Immutable; equal content is equal.
 *
 * @param name unique in the catalog
 * @param instances sorted by node, then by id
 */
public record Service(String name, ImmutableList<Instance> instances) {

  public static Service of(String name, Collection<Instance> instances) {
    return new Service(name, ImmutableList.sortedCopyOf(instances));
  }
}
