package io.convoy.bench.workload;

import io.convoy.catalog.Catalog;
import io.convoy.catalog.Service;
import io.convoy.translation.NodeGroup;
import java.util.List;
import java.util.Set;

/** A catalog and a sequence of changes of it: the same for everyone who asks. Immutable. */
public sealed interface Workload permits Churn, Moves {
  /** The gateways that workloads are for. */
  NodeGroup GROUP = new NodeGroup(NodeGroup.Role.GATEWAY, "gateway", 0);

  /**
   * What one change does.
   *
   * @param services other contents of services, or new ones
   * @param removed names of services that are gone
   */
  record Change(List<Service> services, Set<String> removed) {}

  /** The services before the first change. */
  Catalog catalog();

  /** The change of that number, from 0. */
  Change change(int number);
}
