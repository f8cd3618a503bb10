package io.convoy.catalog;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import java.util.Comparator;
import java.util.Objects;

/**
 * One address of a service. Immutable.
 *
 * @param node the registry's node that the instance is registered on
 * @param id unique within the node
 * @param address an IP address or a host name; never empty
 * @param port 0 to 65535; 0 means that the registry names no port
 * @param weight the load-balancing weight that applies in the present health, at least 1
 * @param createIndex the registry's order of registration: the lower is the older; 0 when unknown
 * @param upstreams what its sidecar is registered to call, in the registration's order; empty where
 *     there is no such registration, or it says nothing of that
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
    long createIndex,
    ImmutableList<Upstream> upstreams)
    implements Comparable<Instance> {

  private static final Comparator<Instance> ORDER =
      Comparator.comparing(Instance::node).thenComparing(Instance::id);

  public Instance {
    // What was saved before there were upstreams has none.
    upstreams = Objects.requireNonNullElse(upstreams, ImmutableList.of());
  }

  /** One beside which no sidecar is registered. */
  public Instance(
      String node,
      String id,
      String address,
      int port,
      ImmutableSortedSet<String> tags,
      ImmutableSortedMap<String, String> meta,
      int weight,
      Health health,
      Locality locality,
      long createIndex) {
    this(
        node,
        id,
        address,
        port,
        tags,
        meta,
        weight,
        health,
        locality,
        createIndex,
        ImmutableList.of());
  }

  /** The same beside a sidecar that is registered to call these. */
  public Instance with(ImmutableList<Upstream> called) {
    return called.equals(upstreams)
        ? this
        : new Instance(
            node, id, address, port, tags, meta, weight, health, locality, createIndex, called);
  }

  @Override
  public int compareTo(Instance other) {
    return ORDER.compare(this, other);
  }
}
