package io.convoy.translation;

import io.convoy.policy.DocumentId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Keeps what was compiled of each source for as long as the source is the same and the documents
 * that were asked for on the way are.
 */
final class Compilations {
  private final Map<DocumentId, Entry> entries = new HashMap<>();
  private long round;

  private static final class Entry {
    final Object source;
    final ChainDocuments.Answers answers;
    final CompiledRoutes result;
    Documents documents;
    long round;

    Entry(
        Object source, ChainDocuments.Answers answers, CompiledRoutes result, Documents documents) {
      this.source = source;
      this.answers = answers;
      this.result = result;
      this.documents = documents;
    }

    @SuppressWarnings(
        "ReferenceEquality") // to compare all documents for each source costs too much
    boolean holds(Object source, Documents documents) {
      if (!this.source.equals(source)) {
        return false;
      }
      if (this.documents != documents && !answers.stillHold(documents)) {
        return false;
      }
      this.documents = documents;
      return true;
    }
  }

  CompiledRoutes get(
      DocumentId id,
      Object source,
      Documents documents,
      Function<ChainDocuments, CompiledRoutes> compile) {
    Entry entry = entries.get(id);
    if (entry == null || !entry.holds(source, documents)) {
      var asked = new ChainDocuments(documents);
      CompiledRoutes result = compile.apply(asked);
      entry = new Entry(source, asked.answers(), result, documents);
      entries.put(id, entry);
    }
    entry.round = round;
    return entry.result;
  }

  /** Forgets the sources that were not asked for since the last call. */
  void forgetUnused() {
    entries.values().removeIf(entry -> entry.round != round);
    round++;
  }
}
