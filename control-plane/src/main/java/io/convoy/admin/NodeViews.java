package io.convoy.admin;

import com.google.common.collect.ImmutableMap;
import io.convoy.xds.NodeStatus;
import io.convoy.xds.TypeStatus;

/** The shapes of {@code /nodes}. */
final class NodeViews {
  private NodeViews() {}

  static Views.NodeView of(NodeStatus node) {
    var types = ImmutableMap.<String, Views.TypeView>builder();
    node.types().forEach((type, status) -> types.put(type.label(), of(status)));
    return new Views.NodeView(
        node.id(),
        node.group().toString(),
        node.protocol().name().toLowerCase(java.util.Locale.ROOT),
        node.connectedSince().toString(),
        types.buildOrThrow());
  }

  private static Views.TypeView of(TypeStatus type) {
    return new Views.TypeView(
        type.subscribed().asList(),
        type.resources(),
        type.sent(),
        type.acked(),
        type.nacked(),
        type.error(),
        type.nonceAge().map(age -> age.toMillis() / 1e3),
        type.waiting().asList());
  }
}
