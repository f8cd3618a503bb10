package io.convoy.snapshot;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.catalog.Leaf;
import io.convoy.translation.NodeGroup;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The certificates that groups of Envoys show each other, and the roots that they trust. In memory
 * only: nothing of it is saved. Confined to the writer's thread.
 */
final class Credentials {
  private final Map<String, Leaf> leaves = new HashMap<>();
  private final Map<String, String> problems = new HashMap<>();
  private ImmutableList<String> roots = ImmutableList.of();

  /** The services whose certificates the groups need. */
  static ImmutableSet<String> wanted(Collection<NodeGroup> groups) {
    return groups.stream()
        .filter(group ->
            switch (group.role()) {
              case GATEWAY, SIDECAR -> true;
              case GRPC -> false;
            })
        .map(NodeGroup::cluster)
        .filter(name -> !name.isEmpty())
        .collect(ImmutableSet.toImmutableSet());
  }

  void keep(ImmutableSet<String> services) {
    leaves.keySet().retainAll(services);
    problems.keySet().retainAll(services);
  }

  void take(ImmutableList<String> read) {
    roots = read;
  }

  void take(Leaf leaf) {
    leaves.put(leaf.service(), leaf);
    problems.remove(leaf.service());
  }

  void missing(String service, String reason) {
    problems.put(service, reason);
  }

  ImmutableList<String> roots() {
    return roots;
  }

  Optional<Leaf> leaf(NodeGroup group) {
    return Optional.ofNullable(leaves.get(group.cluster()));
  }

  /** Why the group has no certificate, or no newer one. */
  Optional<String> problem(NodeGroup group) {
    return Optional.ofNullable(problems.get(group.cluster()));
  }
}
