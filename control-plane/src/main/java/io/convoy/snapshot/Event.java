package io.convoy.snapshot;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Leaf;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.ResourceKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the writer is told, and takes in on its own thread. */
sealed interface Event {

  /** {@code at}: {@link System#nanoTime} of the report. */
  record Services(long at, int rank, ImmutableList<Service> changed, ImmutableList<String> removed)
      implements Event {}

  /** {@code at}: as above. */
  record Documents(
      long at,
      RawDocument.Source source,
      ImmutableList<RawDocument> changed,
      ImmutableList<DocumentId> removed)
      implements Event {}

  record Authority(Mesh.Authority authority) implements Event {}

  record Roots(ImmutableList<String> certificates) implements Event {}

  record Certified(Leaf leaf) implements Event {}

  record Uncertified(String service, String reason) implements Event {}

  record DefaultIntention(Mesh.DefaultIntention policy) implements Event {}

  /** {@code problem}: empty when the part has answered. */
  record Part(String name, Optional<String> problem) implements Event {}

  /** Somebody asks for the group for the first time. */
  record Wanted(NodeGroup group) implements Event {}

  /** {@code held}: the version that the Envoys acknowledged last, if any. */
  record Refused(
      NodeGroup group, ResourceKey key, String version, String words, @Nullable String held)
      implements Event {}

  record Stop() implements Event {}
}
