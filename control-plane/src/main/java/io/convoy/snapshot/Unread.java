package io.convoy.snapshot;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The newest versions of documents that cannot count yet: most of them are replaced before they
 * can, so that none is parsed before its document has been left alone for a moment, or its turn has
 * come. Confined to the writer's thread.
 */
final class Unread {
  /** After this a version is read although its turn has not come: whoever wrote it may look. */
  static final Duration REST = Duration.ofMillis(100);

  private record Key(RawDocument.Source source, DocumentId id) {
    static Key of(RawDocument document) {
      return new Key(document.source(), document.id());
    }
  }

  private record Waiting(RawDocument newest, Instant at) {}

  private record Due(Instant at, Key key) {}

  private final Map<Key, Waiting> waiting = new HashMap<>();
  private final TreeSet<Due> dues =
      new TreeSet<>(
          Comparator.comparing(Due::at)
              .thenComparing(due -> due.key().id())
              .thenComparing(due -> due.key().source()));

  /** {@code turn}: when it can count. */
  void put(RawDocument newest, Instant turn, Instant now) {
    Instant rested = now.plus(REST);
    var next = new Waiting(newest, turn.isBefore(rested) ? turn : rested);
    drop(newest.source(), newest.id());
    waiting.put(Key.of(newest), next);
    dues.add(new Due(next.at(), Key.of(newest)));
  }

  /** It is gone, or known. */
  void drop(RawDocument.Source source, DocumentId id) {
    var key = new Key(source, id);
    Waiting before = waiting.remove(key);
    if (before != null) {
      dues.remove(new Due(before.at(), key));
    }
  }

  /** What is to be read now; it waits here no more. */
  ImmutableList<RawDocument> take(Instant now) {
    var taken = ImmutableList.<RawDocument>builder();
    while (!dues.isEmpty() && !dues.first().at().isAfter(now)) {
      Waiting due = waiting.remove(dues.removeFirst().key());
      if (due != null) {
        taken.add(due.newest());
      }
    }
    return taken.build();
  }

  /** When to {@link #take}; empty when nothing waits. */
  Optional<Instant> deadline() {
    return dues.isEmpty() ? Optional.empty() : Optional.of(dues.first().at());
  }
}
