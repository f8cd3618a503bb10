package io.convoy.snapshot;

import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.translation.ResourceKey;
import java.time.Instant;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to what Envoys refuse: the documents that may have caused it go back to the version
 * before; where none may have, or taking them out changed nothing, the resource itself does.
 * Confined to the writer's thread.
 */
final class Refusals {
  private static final Logger log = LoggerFactory.getLogger(Refusals.class);

  private final Inputs inputs;
  private final WriterMetrics metrics;

  Refusals(Inputs inputs, WriterMetrics metrics) {
    this.inputs = inputs;
    this.metrics = metrics;
  }

  void refuse(Group group, Event.Refused refused, Instant now) {
    ImmutableSet<RawDocument> suspects =
        group.suspects(refused.key(), refused.version(), refused.held());
    if (suspects.isEmpty()) {
      quarantine(group, refused.key(), refused.version(), refused.words());
    } else if (refuse(refused, suspects, now)) {
      group.blame(
          new Quarantine.Blame(refused.key(), refused.version(), suspects, refused.words()));
    }
  }

  /**
   * Where documents were taken out in vain it is the catalog's doing. To be called after a publish;
   * returns whether there is something to publish again.
   */
  boolean acquit(Collection<Group> groups, Snapshots published, Instant now) {
    boolean any = false;
    for (Group group : groups) {
      for (Quarantine.Blame blame : group.takeUnfounded(published)) {
        inputs.acquit(blame.documents(), now);
        quarantine(group, blame.key(), blame.version(), blame.words());
        any = true;
      }
    }
    return any;
  }

  private void quarantine(Group group, ResourceKey key, String version, String words) {
    if (group.refuse(key, version, words)) {
      metrics.quarantined();
      log.warn(
          "{}: {} is refused by Envoy and in quarantine until it changes; its last good version is served: {}",
          group.id(),
          key,
          words);
    }
  }

  /** Returns whether any of them was in force. */
  private boolean refuse(Event.Refused refused, ImmutableSet<RawDocument> suspects, Instant now) {
    ImmutableSet<DocumentId> documents = inputs.refuse(suspects, refused.words(), now);
    if (documents.size() == 1) {
      metrics.quarantined();
      log.warn(
          "{} is refused by Envoy and in quarantine until it changes; its last good version is in force: {}",
          documents.iterator().next(),
          refused.words());
    } else if (!documents.isEmpty()) {
      log.warn(
          "{}: {} is refused by Envoy; looking for the cause among {} documents that changed: {}",
          refused.group(),
          refused.key(),
          documents.size(),
          refused.words());
    }
    return !documents.isEmpty();
  }
}
