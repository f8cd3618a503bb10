package io.convoy.registry;

import io.convoy.catalog.Leaf;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import java.util.Collection;
import java.util.List;

/**
 * Takes what registries see. Thread-safe; never blocks; the order of calls from one thread is kept.
 *
 * <p>A source reports differences against what it reported before, also after it was out of reach:
 * an error is never reported as an empty answer.
 */
public interface RegistryListener {

  /** Services that are new or differ, and names of those that are gone. */
  void servicesChanged(Collection<Service> changed, Collection<String> removed);

  /** Documents of one source that are new or differ, and those that are gone from it. */
  void documentsChanged(
      RawDocument.Source source, Collection<RawDocument> changed, Collection<DocumentId> removed);

  /** Who signs the certificates of services. */
  default void authorityRead(Mesh.Authority authority) {}

  /**
   * The roots that certificates of services may be of, in PEM: while one takes the place of
   * another, both.
   */
  default void rootsRead(List<String> roots) {}

  /** A certificate that {@link Registry#certify} asked for, or one that takes its place. */
  default void leafRead(Leaf leaf) {}

  /** A service whose certificate cannot be had now; {@code reason} is one line for people. */
  default void leafMissing(String service, String reason) {}

  /** Whether a service may call another that no intention is about. */
  default void defaultIntentionRead(Mesh.DefaultIntention policy) {}

  /**
   * The part named has answered in full: at first, and again whenever it recovers from a failure.
   */
  void up(String part);

  /**
   * The part named cannot be read now; what it reported before still stands. {@code reason} is one
   * line for people.
   */
  void down(String part, String reason);
}
