package io.convoy.policy;

import java.util.Comparator;

/**
 * A document's identity: unique over all sources.
 *
 * @param kind such as {@code service-defaults}
 * @param name such as {@code user}
 */
public record DocumentId(String kind, String name) implements Comparable<DocumentId> {
  private static final Comparator<DocumentId> ORDER =
      Comparator.comparing(DocumentId::kind).thenComparing(DocumentId::name);

  @Override
  public int compareTo(DocumentId other) {
    return ORDER.compare(this, other);
  }

  /** {@code kind/name}, as it appears in resource names, paths and messages. */
  @Override
  public String toString() {
    return kind + "/" + name;
  }
}
