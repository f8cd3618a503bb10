package io.convoy.xds;

import com.google.common.collect.ImmutableMap;
import io.convoy.policy.DocumentId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How many Envoys have what each document shapes, of all documents at once: every stream is looked
 * at once, whatever the number of documents.
 */
final class ProgrammedCount {
  private final Map<DocumentId, Programmed> counts = new HashMap<>();
  private long looks;

  /** Adds a node, by all its streams. */
  void add(Collection<Stream> node) {
    Set<DocumentId> concerned = new HashSet<>();
    Set<DocumentId> pending = new HashSet<>();
    Map<DocumentId, String> errors = new HashMap<>();
    for (Stream stream : node) {
      stream.describe((resource, held, message) -> {
        looks++;
        for (DocumentId document : resource.documents()) {
          concerned.add(document);
          if (!held) {
            pending.add(document);
          }
          if (message != null) {
            errors.put(document, message);
          }
        }
      });
    }
    for (DocumentId document : concerned) {
      counts.merge(
          document,
          new Programmed(
              pending.contains(document) ? 0 : 1, 1, Optional.ofNullable(errors.get(document))),
          Programmed::plus);
    }
  }

  /** How many resources of streams were looked at. */
  long looks() {
    return looks;
  }

  ImmutableMap<DocumentId, Programmed> result() {
    return ImmutableMap.copyOf(counts);
  }
}
