package io.convoy.snapshot;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes one event of a source's reports that lie side by side: of each document only the newest
 * version is parsed. Where documents change faster than they can be parsed, the writer would
 * otherwise fall behind by ever more versions that nobody is to see.
 */
final class Coalescing {
  private Coalescing() {}

  /** The same events in the same order, with fewer reports of documents. */
  static List<Event> newest(List<Event> events) {
    List<Event> result = new ArrayList<>();
    List<Event.Documents> run = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.Documents documents
          && (run.isEmpty() || run.getLast().source() == documents.source())) {
        run.add(documents);
        continue;
      }
      merge(run, result);
      if (event instanceof Event.Documents documents) {
        run.add(documents);
      } else {
        result.add(event);
      }
    }
    merge(run, result);
    return result;
  }

  private static void merge(List<Event.Documents> run, List<Event> result) {
    if (run.size() == 1) {
      result.add(run.getFirst());
    } else if (!run.isEmpty()) {
      result.add(merged(run));
    }
    run.clear();
  }

  private static Event.Documents merged(List<Event.Documents> run) {
    Map<DocumentId, Optional<RawDocument>> newest = new HashMap<>();
    for (Event.Documents documents : run) {
      documents.changed().forEach(document -> newest.put(document.id(), Optional.of(document)));
      documents.removed().forEach(id -> newest.put(id, Optional.empty()));
    }
    var changed = ImmutableList.<RawDocument>builder();
    var removed = ImmutableList.<DocumentId>builder();
    newest.forEach((id, document) -> document.ifPresentOrElse(changed::add, () -> removed.add(id)));
    Event.Documents oldest = run.getFirst();
    return new Event.Documents(oldest.at(), oldest.source(), changed.build(), removed.build());
  }
}
