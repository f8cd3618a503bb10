package io.convoy.xds;

import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.ResourceKey;

/** Is told of resources that Envoys refuse. */
@FunctionalInterface
public interface RejectionListener {

  /**
   * As many Envoys of {@code group} as the settings ask for have refused a resource. Called once
   * for each version of it while the group has streams, on a thread of the server; must not block.
   *
   * @param version the content that was refused
   * @param message the last Envoy's words
   * @param documents the documents that shaped it
   */
  void rejected(
      NodeGroup group,
      ResourceKey key,
      String version,
      String message,
      ImmutableSet<DocumentId> documents);
}
