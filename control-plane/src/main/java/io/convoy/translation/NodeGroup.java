package io.convoy.translation;

import java.util.Comparator;

/**
 * The Envoys that get the same resources.
 *
 * @param cluster Envoy's {@code node.cluster}: the name of the gateway or of the service
 * @param port overrides the port of the gateway's listener; 0 leaves it
 */
public record NodeGroup(Role role, String cluster, int port) implements Comparable<NodeGroup> {
  private static final Comparator<NodeGroup> ORDER =
      Comparator.comparing(NodeGroup::role)
          .thenComparing(NodeGroup::cluster)
          .thenComparingInt(NodeGroup::port);

  /** What an Envoy is for. */
  public enum Role {
    GATEWAY,
    SIDECAR,
    /** A gRPC client without a proxy. */
    GRPC
  }

  @Override
  public int compareTo(NodeGroup other) {
    return ORDER.compare(this, other);
  }

  /**
   * {@code gateway:edge}, or {@code gateway:edge:8080} with a port; the name in the admin's paths.
   */
  @Override
  public String toString() {
    String name = role.name().toLowerCase(java.util.Locale.ROOT) + ":" + cluster;
    return port == 0 ? name : name + ":" + port;
  }
}
