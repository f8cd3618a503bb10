package io.convoy.translation;

import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  private static final Pattern TEXT =
      Pattern.compile("(gateway|sidecar|grpc):(.*?)(?::([1-9][0-9]{0,4}))?");

  /** What an Envoy is for. */
  public enum Role {
    GATEWAY,
    SIDECAR,
    /** A gRPC client without a proxy. */
    GRPC
  }

  /**
   * The group that prints itself as {@code text}.
   *
   * @throws IllegalArgumentException when none does
   */
  public static NodeGroup parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "had " + text + ", expected a node group such as gateway:edge or gateway:edge:8080");
    }
    return new NodeGroup(
        Role.valueOf(parts.group(1).toUpperCase(Locale.ROOT)),
        parts.group(2),
        parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3)));
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
    String name = role.name().toLowerCase(Locale.ROOT) + ":" + cluster;
    return port == 0 ? name : name + ":" + port;
  }
}
