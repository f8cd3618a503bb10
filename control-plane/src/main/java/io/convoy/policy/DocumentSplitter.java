package io.convoy.policy;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.convoy.policy.RawDocument.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes a file apart into its documents, which lines of {@code ---} separate. Finds out what each
 * is also where the rest of it is broken: a slip of the pen in a document must not look like its
 * removal.
 */
final class DocumentSplitter {
  private static final Pattern SEPARATOR = Pattern.compile("(---|[.]{3})(\\s.*)?");
  private static final Pattern NOTHING = Pattern.compile("\\s*([#%].*)?");
  private static final Pattern KIND = topLevel("[Kk]ind");
  private static final Pattern NAME = topLevel("[Nn]ame");

  private DocumentSplitter() {}

  private static Pattern topLevel(String key) {
    return Pattern.compile(
        "^(?:" + key + "|[{]?\\s{0,4}\"" + key + "\")\\s*:\\s*[\"']?([^\\s\"',#}]+)",
        Pattern.MULTILINE);
  }

  static ImmutableList<RawDocument> split(
      String location, String text, long createIndex, long modifyIndex) {
    var documents = ImmutableList.<RawDocument>builder();
    var part = new ArrayList<String>();
    int first = 1;
    int line = 0;
    String clean = text.startsWith("\uFEFF") ? text.substring(1) : text;
    for (String content : Splitter.onPattern("\r\n|\n|\r").split(clean)) {
      line++;
      Matcher separator = SEPARATOR.matcher(content);
      if (!separator.matches()) {
        part.add(content);
        continue;
      }
      add(documents, location, first, part, createIndex, modifyIndex);
      part.clear();
      first = line;
      // What follows the dashes on their line belongs to the document; blanks keep its column.
      part.add("   " + content.substring(3));
    }
    add(documents, location, first, part, createIndex, modifyIndex);
    return unique(documents.build());
  }

  private static void add(
      ImmutableList.Builder<RawDocument> documents,
      String location,
      int line,
      List<String> part,
      long createIndex,
      long modifyIndex) {
    if (part.stream().allMatch(content -> NOTHING.matcher(content).matches())) {
      return;
    }
    String text = String.join("\n", part);
    DocumentId id = identity(text).orElseGet(() -> RawDocument.unreadable(location, line));
    documents.add(new RawDocument(Source.FILE, location, line, id, text, createIndex, modifyIndex));
  }

  /** What a text says that it is, when it says so in a readable way. */
  private static Optional<DocumentId> identity(String text) {
    Optional<String> kind;
    Optional<String> name;
    try {
      Value value = TextReader.read(text);
      kind = member(value, "Kind", "kind");
      name = member(value, "Name", "name");
    } catch (TextReader.Unreadable e) {
      kind = find(KIND, text);
      name = find(NAME, text);
    }
    if (kind.isEmpty() || name.isEmpty() || !Names.valid(kind.get()) || !Names.valid(name.get())) {
      return Optional.empty();
    }
    return Optional.of(new DocumentId(kind.get(), name.get()));
  }

  private static Optional<String> member(Value value, String... keys) {
    if (value instanceof Value.Mapping mapping) {
      for (Value.Member member : mapping.members()) {
        if (List.of(keys).contains(member.key())
            && member.value() instanceof Value.Scalar scalar
            && scalar.type() == Value.ScalarType.STRING) {
          return Optional.of(scalar.text());
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  static ImmutableList<RawDocument> unique(List<RawDocument> documents) {
    Set<DocumentId> seen = new HashSet<>();
    return documents.stream()
        .map(raw -> seen.add(raw.id()) ? raw : repeated(raw))
        .collect(ImmutableList.toImmutableList());
  }

  private static RawDocument repeated(RawDocument raw) {
    return new RawDocument(
        raw.source(),
        raw.location(),
        raw.line(),
        RawDocument.unreadable(raw.location(), raw.line()),
        raw.text(),
        raw.createIndex(),
        raw.modifyIndex());
  }
}
