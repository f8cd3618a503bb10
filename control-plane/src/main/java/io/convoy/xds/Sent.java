package io.convoy.xds;

import io.convoy.translation.Resource;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A response that waits for its answer.
 *
 * @param added what it brings that the client is not known to hold
 * @param removed what it takes away
 * @param moment when what it brings came about; null when it answers a request
 * @param suspects whether it holds a part of what was refused before, and nothing else
 */
record Sent(
    String nonce,
    String version,
    SortedMap<String, Resource> added,
    SortedSet<String> removed,
    long sentAt,
    @Nullable Moment moment,
    boolean suspects) {

  Set<String> candidates() {
    return added.keySet();
  }
}
