package io.convoy.translation;

import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.policy.DocumentId;

/** Collects what cannot be done as a document asks, one line each, for its status. */
final class Problems {
  private final ImmutableSetMultimap.Builder<DocumentId, String> lines =
      ImmutableSetMultimap.builder();

  void add(DocumentId document, String line) {
    lines.put(document, line);
  }

  ImmutableSetMultimap<DocumentId, String> build() {
    return lines.build();
  }
}
