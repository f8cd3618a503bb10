package io.convoy.translation;

import io.convoy.policy.DocumentId;
import io.convoy.policy.RequestMatch;
import java.util.Comparator;

/**
 * A route's place among those of its host: exact before longest prefix before regular expression;
 * documents before service meta; then, as in the Gateway API, the one with a method, with more
 * headers, with more query parameters; then the older document, and at last the order of names and
 * of the rules in their document.
 */
record Rank(
    int pathKind,
    int pathLength,
    boolean meta,
    boolean anyMethod,
    int headers,
    int query,
    long createIndex,
    DocumentId document,
    int index)
    implements Comparable<Rank> {

  private static final Comparator<Rank> ORDER =
      Comparator.comparingInt(Rank::pathKind)
          .thenComparing(Comparator.comparingInt(Rank::pathLength).reversed())
          .thenComparing(Rank::meta)
          .thenComparing(Rank::anyMethod)
          .thenComparing(Comparator.comparingInt(Rank::headers).reversed())
          .thenComparing(Comparator.comparingInt(Rank::query).reversed())
          .thenComparingLong(Rank::createIndex)
          .thenComparing(Rank::document)
          .thenComparingInt(Rank::index);

  static Rank of(
      RequestMatch match, boolean meta, long createIndex, DocumentId document, int index) {
    int kind =
        switch (match.path()) {
          case RequestMatch.Path.Exact exact -> 0;
          case RequestMatch.Path.Prefix prefix -> 1;
          case RequestMatch.Path.Regex regex -> 2;
        };
    return new Rank(
        kind,
        match.path().value().length(),
        meta,
        match.methods().isEmpty(),
        match.headers().size(),
        match.query().size(),
        createIndex,
        document,
        index);
  }

  @Override
  public int compareTo(Rank other) {
    return ORDER.compare(this, other);
  }
}
