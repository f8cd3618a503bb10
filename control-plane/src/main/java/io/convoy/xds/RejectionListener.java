package io.convoy.xds;

import io.convoy.translation.NodeGroup;
import io.convoy.translation.ResourceKey;
import org.jspecify.annotations.Nullable;

/** Is told of resources that Envoys refuse. */
@FunctionalInterface
public interface RejectionListener {

  /**
   * As many Envoys of {@code group} as the settings ask for have refused a resource. Called once
   * for each publish of a version while the group has streams, on a thread of the server; must not
   * block.
   *
   * @param version the content that was refused
   * @param message the last Envoy's words
   * @param held the version that this Envoy acknowledged last; null when it has none
   */
  void rejected(
      NodeGroup group, ResourceKey key, String version, String message, @Nullable String held);
}
