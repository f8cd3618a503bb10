package io.convoy.catalog;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import java.util.Comparator;

/**
 * One address of a service. Immutable.
 *
 * @param node the registry's node that the instance is registered on
 * @param id unique within the node
 * @param address an IP address or a host name; never empty
 * @param port 0 to 65535; 0 means that the registry names no port
 * @param weight the load-balancing weight that applies in the present health, at least 1
 * @param createIndex the registry's order of registration: the lower is the older; 0 when unknown
 */
public record Instance(
    String node,
    String id,
    String address,
    int port,
    ImmutableSortedSet<String> tags,
    ImmutableSortedMap<String, String> meta,
    int weight,
    Health health,
    Locality locality,
    long createIndex)
    implements Comparable<Instance> {

  private static final Comparator<Instance> ORDER =
      Comparator.comparing(Instance::node).thenComparing(Instance::id);

  @Override
  public int compareTo(Instance other) {
    return ORDER.compare(this, other);
  }
}
