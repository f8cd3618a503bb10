package io.convoy.admin;

import com.google.common.collect.ImmutableMap;
import io.convoy.xds.NodeStatus;
import io.convoy.xds.TypeStatus;
import java.util.Optional;

/** The shapes of {@code /nodes}. */
final class NodeViews {
  private NodeViews() {}

  /**
   * What is shown of an Envoy.
   *
   * @param names whether with the names that it subscribed to: of a large fleet they are many
   */
  static Views.NodeView of(NodeStatus node, boolean names) {
    var types = ImmutableMap.<String, Views.TypeView>builder();
    node.types().forEach((type, status) -> types.put(type.label(), of(status, names)));
    return new Views.NodeView(
        node.id(),
        node.group().toString(),
        node.protocol().name().toLowerCase(java.util.Locale.ROOT),
        node.connectedSince().toString(),
        types.buildOrThrow());
  }

  private static Views.TypeView of(TypeStatus type, boolean names) {
    return new Views.TypeView(
        names ? Optional.of(type.subscribed().asList()) : Optional.empty(),
        type.resources(),
        type.sent(),
        type.acked(),
        type.nacked(),
        type.error(),
        type.nonceAge().map(age -> age.toMillis() / 1e3),
        type.waiting().asList());
  }
}
