package io.convoy.registry.consul;

import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.registry.RegistryListener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Remembers the documents of one query and reports how the next answer differs. */
final class DocumentDiff {
  private final RawDocument.Source source;
  private final RegistryListener listener;
  private Map<DocumentId, RawDocument> known = new HashMap<>();

  DocumentDiff(RawDocument.Source source, RegistryListener listener) {
    this.source = source;
    this.listener = listener;
  }

  boolean isEmpty() {
    return known.isEmpty();
  }

  @Nullable RawDocument known(DocumentId id) {
    return known.get(id);
  }

  /** {@code all}: every document that there is now. */
  void report(Collection<RawDocument> all) {
    Map<DocumentId, RawDocument> next = HashMap.newHashMap(all.size());
    List<RawDocument> changed = new ArrayList<>();
    for (RawDocument document : all) {
      next.put(document.id(), document);
      if (!document.equals(known.get(document.id()))) {
        changed.add(document);
      }
    }
    List<DocumentId> removed =
        known.keySet().stream().filter(id -> !next.containsKey(id)).sorted().toList();
    known = next;
    if (!changed.isEmpty() || !removed.isEmpty()) {
      listener.documentsChanged(source, changed, removed);
    }
  }
}
