package io.convoy.translation;

import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Service;
import io.convoy.translation.NodeGroup.Role;
import java.util.Comparator;

/** The node groups of the sidecars that a service says it has. */
public final class SidecarGroups {
  private SidecarGroups() {}

  /** One for each port that an instance with a sidecar is registered on; empty without sidecars. */
  public static ImmutableSortedSet<NodeGroup> of(Service service) {
    return service.instances().stream()
        .filter(Sidecars::has)
        .map(instance -> new NodeGroup(Role.SIDECAR, service.name(), instance.port()))
        .collect(ImmutableSortedSet.toImmutableSortedSet(Comparator.naturalOrder()));
  }
}
