package io.convoy.xds;

import com.google.common.primitives.Ints;
import com.google.protobuf.Value;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.NodeGroup.Role;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.Locale;

/**
 * Who a stream's client says it is: {@code node} of the first request, typed.
 *
 * @param id never empty
 */
record NodeIdentity(String id, NodeGroup group) {

  /**
   * Reads {@code node.id}, {@code node.cluster}, {@code node.metadata.role} (gateway when absent)
   * and {@code node.metadata.port}.
   *
   * @throws IllegalArgumentException with one line for the client
   */
  static NodeIdentity of(Node node) {
    if (node.getId().isEmpty()) {
      throw new IllegalArgumentException(
          "node.id is empty in the stream's first request, expected a unique name");
    }
    Role role = role(node);
    return new NodeIdentity(node.getId(), new NodeGroup(role, cluster(node, role), port(node)));
  }

  private static Role role(Node node) {
    Value value = node.getMetadata().getFieldsOrDefault("role", Value.getDefaultInstance());
    return switch (value.getKindCase()) {
      case KIND_NOT_SET, NULL_VALUE -> Role.GATEWAY;
      case STRING_VALUE ->
          switch (value.getStringValue()) {
            case "gateway" -> Role.GATEWAY;
            case "sidecar" -> Role.SIDECAR;
            case "grpc" -> Role.GRPC;
            default -> throw invalid("role", value, "gateway, sidecar or grpc");
          };
      case NUMBER_VALUE, BOOL_VALUE, STRUCT_VALUE, LIST_VALUE ->
          throw invalid("role", value, "gateway, sidecar or grpc");
    };
  }

  private static String cluster(Node node, Role role) {
    if (!node.getCluster().isEmpty()) {
      return node.getCluster();
    }
    if (role == Role.SIDECAR) {
      throw new IllegalArgumentException(
          "node.cluster is empty, expected the name of the sidecar's service");
    }
    return role.name().toLowerCase(Locale.ROOT);
  }

  private static int port(Node node) {
    Value value = node.getMetadata().getFieldsOrDefault("port", Value.getDefaultInstance());
    double port =
        switch (value.getKindCase()) {
          case KIND_NOT_SET, NULL_VALUE -> 0;
          case NUMBER_VALUE -> value.getNumberValue();
          case STRING_VALUE -> {
            Integer parsed = Ints.tryParse(value.getStringValue());
            yield parsed == null ? -1 : parsed;
          }
          case BOOL_VALUE, STRUCT_VALUE, LIST_VALUE -> -1;
        };
    if (port != Math.rint(port) || port < 0 || port > 65_535) {
      throw invalid("port", value, "1 to 65535");
    }
    return (int) port;
  }

  private static IllegalArgumentException invalid(String field, Value value, String expected) {
    String had =
        switch (value.getKindCase()) {
          case STRING_VALUE -> "\"" + value.getStringValue() + "\"";
          case NUMBER_VALUE -> String.valueOf(value.getNumberValue());
          case BOOL_VALUE -> String.valueOf(value.getBoolValue());
          case NULL_VALUE, KIND_NOT_SET -> "nothing";
          case STRUCT_VALUE -> "an object";
          case LIST_VALUE -> "a list";
        };
    return new IllegalArgumentException(
        "node.metadata." + field + " is " + had + ", expected " + expected);
  }
}
