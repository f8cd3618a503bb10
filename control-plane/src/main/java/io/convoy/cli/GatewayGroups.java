package io.convoy.cli;

import com.google.common.collect.ImmutableSortedSet;
import io.convoy.policy.ApiGateway;
import io.convoy.policy.Policies;
import io.convoy.translation.NodeGroup;

/** The node groups that documents are for, as far as the documents tell. */
final class GatewayGroups {
  /** Of the gateways that no document describes. */
  private static final String DEFAULT = "gateway";

  private GatewayGroups() {}

  /** The gateways that documents describe, and the default one. */
  static ImmutableSortedSet<NodeGroup> of(Policies policies) {
    var groups = ImmutableSortedSet.<NodeGroup>naturalOrder();
    groups.add(gateway(DEFAULT));
    policies.all(ApiGateway.class).forEach(gateway -> groups.add(gateway(gateway.id().name())));
    return groups.build();
  }

  private static NodeGroup gateway(String name) {
    return new NodeGroup(NodeGroup.Role.GATEWAY, name, 0);
  }
}
