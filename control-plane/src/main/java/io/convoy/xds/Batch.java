package io.convoy.xds;

import io.convoy.translation.Resource;
import java.util.Map;
import java.util.Set;

/**
 * What a response changes; empty when it only answers.
 *
 * @param added what it brings that the client is not known to hold
 * @param removed what it takes away
 * @param suspects whether it holds a part of what was refused before, and nothing else
 */
record Batch(Map<String, Resource> added, Set<String> removed, boolean suspects) {

  boolean isEmpty() {
    return added.isEmpty() && removed.isEmpty();
  }
}
