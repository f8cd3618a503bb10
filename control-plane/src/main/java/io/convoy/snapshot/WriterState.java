package io.convoy.snapshot;

import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.catalog.Catalog;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Policies;
import java.time.Instant;
import java.util.Optional;

/**
 * What the writer has seen and made of it, for those who look on. Immutable.
 *
 * @param catalog as it is served
 * @param unresolved by document, what it names that stands for nothing, over all node groups
 * @param rejected by document, an Envoy's words about a resource that it shaped, but did not change
 *     lately; it is served in the version before
 * @param parts by name, every part of every registry
 * @param savedAt when what is served was saved, if it comes from disk because some part has not
 *     answered in full yet
 * @param hold a mass disappearance that is not obeyed, if there is one
 * @param ready whether snapshots are published: every part has answered in full, or the last known
 *     good was read
 */
public record WriterState(
    Catalog catalog,
    Policies policies,
    ImmutableSetMultimap<DocumentId, String> unresolved,
    ImmutableSetMultimap<DocumentId, String> rejected,
    ImmutableSortedMap<String, PartState> parts,
    Optional<Instant> savedAt,
    Optional<Hold> hold,
    boolean ready) {

  /**
   * Instances that are served though the registry no longer has them.
   *
   * @param instances how many
   */
  public record Hold(Instant since, int instances) {}
}
