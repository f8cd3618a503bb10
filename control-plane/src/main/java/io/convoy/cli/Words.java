package io.convoy.cli;

import io.convoy.policy.DocumentParser;
import io.convoy.policy.RawDocument;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The texts in a document: which of them are names of services is for others to know. */
final class Words {
  private Words() {}

  static Set<String> of(RawDocument document) {
    Set<String> words = new HashSet<>();
    collect(DocumentParser.contents(document), words);
    return words;
  }

  private static void collect(@Nullable Object content, Set<String> words) {
    switch (content) {
      case String word -> words.add(word);
      case List<?> items -> items.forEach(item -> collect(item, words));
      case Map<?, ?> members -> members.values().forEach(value -> collect(value, words));
      case null, default -> {}
    }
  }
}
