package io.convoy.xds;

import io.convoy.snapshot.SnapshotUpdate;
import io.convoy.translation.ResourceType;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What was published since a stream last looked: the publisher leaves it, never waiting for the
 * stream. Names only, so that it is bounded. Thread-safe.
 */
final class Note {

  /** {@code moment}: of the oldest change. */
  record Content(Map<ResourceType, Set<String>> names, Moment moment) {}

  private Map<ResourceType, Set<String>> names = new EnumMap<>(ResourceType.class);
  private boolean written;
  private Moment moment = new Moment(0, 0);

  /**
   * Adds those of the changes that concern the stream. Returns whether the stream is to be woken:
   * something was added, or must be looked at anyway, and nothing had been before.
   */
  synchronized boolean add(
      SnapshotUpdate update,
      boolean anyway,
      Moment published,
      BiPredicate<ResourceType, String> concerns) {
    boolean concerned = anyway;
    for (Map.Entry<ResourceType, String> changed : update.changed().entries()) {
      if (concerns.test(changed.getKey(), changed.getValue())) {
        names.computeIfAbsent(changed.getKey(), type -> new HashSet<>()).add(changed.getValue());
        concerned = true;
      }
    }
    if (!concerned || written) {
      return false;
    }
    written = true;
    moment = published;
    return true;
  }

  synchronized Content take() {
    var content = new Content(names, moment);
    names = new EnumMap<>(ResourceType.class);
    written = false;
    return content;
  }
}
