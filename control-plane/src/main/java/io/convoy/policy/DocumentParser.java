package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Message;
import io.convoy.config.v1.SecurityPolicyProto.SecurityPolicy;
import io.convoy.policy.TextReader.Unreadable;
import io.convoy.policy.Value.Mapping;
import io.convoy.policy.Value.Scalar;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Parses and validates documents. Pure and thread-safe; bounded in time and memory whatever the
 * text; throws nothing for any text.
 */
public final class DocumentParser {
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
  private static final ImmutableSet<String> TARGETS = ImmutableSet.of("TargetRefs", "target_refs");

  private DocumentParser() {}

  /**
   * What became of a text.
   *
   * @param document the valid document; empty exactly when {@code problem} is given
   * @param problem one line, as a compiler writes it: place, field, what it had, what was expected
   * @param warnings what was read but is not used, a line each
   */
  public record Parsed(
      RawDocument raw,
      Optional<Document> document,
      Optional<String> problem,
      ImmutableList<String> warnings) {}

  /** The kinds that Convoy knows, in the order of its documentation. */
  public static ImmutableSet<String> kinds() {
    return Kind.ALL.keySet();
  }

  /** The kinds that are read from Consul's config entries, too. */
  public static ImmutableSet<String> consulKinds() {
    return Kind.ALL.values().stream()
        .filter(Kind::consul)
        .map(Kind::name)
        .collect(ImmutableSet.toImmutableSet());
  }

  /**
   * Takes a file of documents, which lines of {@code ---} separate, apart. Parts that hold nothing
   * but blanks and comments are left out. A part whose kind or name cannot be read, and one that
   * names a document that the file has already, gets an identity of the kind {@value
   * RawDocument#INVALID}, and {@link #parse} says why.
   *
   * @param location the file, as people know it
   */
  public static ImmutableList<RawDocument> split(
      String location, String text, long createIndex, long modifyIndex) {
    return DocumentSplitter.split(location, text, createIndex, modifyIndex);
  }

  /**
   * {@code documents}, of several files, with every one that names a document that an earlier one
   * names turned into one of the kind {@value RawDocument#INVALID}.
   */
  public static ImmutableList<RawDocument> unique(Iterable<RawDocument> documents) {
    return DocumentSplitter.unique(ImmutableList.copyOf(documents));
  }

  /** Splits a file and parses every document in it. */
  public static ImmutableList<Parsed> parseAll(String location, String text) {
    return split(location, text, 0, 0).stream()
        .map(DocumentParser::parse)
        .collect(ImmutableList.toImmutableList());
  }

  /** Parses and validates one document. */
  public static Parsed parse(RawDocument raw) {
    var reading = new Reading(raw);
    try {
      Document document = read(reading);
      return new Parsed(raw, Optional.of(document), Optional.empty(), reading.warnings());
    } catch (Refusal refusal) {
      return new Parsed(raw, Optional.empty(), Optional.of(refusal.reason()), ImmutableList.of());
    }
  }

  /**
   * What a document's text holds, whether it is accepted or not, as maps, lists, strings, numbers
   * and booleans; the text itself where it cannot be read.
   */
  public static Object contents(RawDocument raw) {
    try {
      Object plain = TextReader.read(raw.text()).plain();
      return plain == null ? raw.text() : plain;
    } catch (Unreadable e) {
      return raw.text();
    }
  }

  /**
   * The line, of the document's location, on which stands what {@code message} names in double
   * quotes; the document's first line where it names nothing that stands there.
   */
  public static int lineNaming(RawDocument raw, String message) {
    try {
      Value value = withoutIdentity(TextReader.read(raw.text()));
      return QUOTED
          .matcher(message)
          .results()
          .map(quoted -> line(value, quoted.group(1)))
          .filter(line -> line > 0)
          .findFirst()
          .map(line -> raw.line() + line - 1)
          .orElse(raw.line());
    } catch (Unreadable e) {
      return raw.line();
    }
  }

  /** What a document is called is seldom what is wrong with it. */
  private static Value withoutIdentity(Value value) {
    return value instanceof Mapping mapping
        ? new Mapping(
            mapping.line(),
            mapping.members().stream()
                .filter(member -> !member.key().equalsIgnoreCase("Kind"))
                .filter(member -> !member.key().equalsIgnoreCase("Name"))
                .toList())
        : value;
  }

  /** The line of the first string that is {@code text}, or 0. */
  private static int line(Value value, String text) {
    return switch (value) {
      case Scalar scalar -> scalar.text().equals(text) ? scalar.line() : 0;
      case Value.Sequence sequence ->
          sequence.items().stream()
              .mapToInt(item -> line(item, text))
              .filter(line -> line > 0)
              .findFirst()
              .orElse(0);
      case Mapping mapping ->
          mapping.members().stream()
              .mapToInt(member -> line(member.value(), text))
              .filter(line -> line > 0)
              .findFirst()
              .orElse(0);
    };
  }

  /** What a refused guard is attached to, as far as that can be read. */
  static ImmutableList<TargetRef> guarded(RawDocument raw) {
    if (raw.id().kind().equals(TerminatingGateway.KIND)) {
      try {
        return TerminatingGatewayConverter.named(TextReader.read(raw.text()));
      } catch (Unreadable e) {
        return ImmutableList.of();
      }
    }
    if (!raw.id().kind().equals(Policies.GUARD)) {
      return ImmutableList.of();
    }
    var reading = new Reading(raw);
    try {
      if (!(value(reading) instanceof Mapping mapping)) {
        return ImmutableList.of();
      }
      var targets =
          new Mapping(
              mapping.line(),
              mapping.members().stream().filter(member -> TARGETS.contains(member.key())).toList());
      return TargetRefs.of(
          MessageReader.read(targets, SecurityPolicy.getDefaultInstance(), reading)
              .getTargetRefsList(),
          reading.top());
    } catch (Refusal refusal) {
      return ImmutableList.of();
    }
  }

  /**
   * The same for everybody's eyes: with a fingerprint in the place of every secret, and of the
   * whole text where it cannot be read and might hold one.
   */
  public static Object shown(RawDocument raw) {
    try {
      Value value = TextReader.read(raw.text());
      Object plain = Secrets.hidden(value, kind(raw, value)).plain();
      return plain == null ? raw.text() : plain;
    } catch (Unreadable e) {
      boolean harmless =
          Kind.ALL.containsKey(raw.id().kind()) && !Secrets.possible(raw.id().kind());
      return harmless ? raw.text() : Secrets.fingerprint(raw.text());
    }
  }

  /** Whether the document holds a secret. */
  public static boolean holdsSecret(RawDocument raw) {
    return !shown(raw).equals(contents(raw));
  }

  /** Of a document whose place does not say, what its text does. */
  private static String kind(RawDocument raw, Value value) {
    if (!raw.id().kind().equals(RawDocument.INVALID) || !(value instanceof Mapping mapping)) {
      return raw.id().kind();
    }
    return mapping.members().stream()
        .filter(member -> member.key().equalsIgnoreCase("Kind"))
        .map(member -> member.value() instanceof Scalar scalar ? scalar.text() : "")
        .findFirst()
        .orElse("");
  }

  private static Document read(Reading reading) {
    RawDocument raw = reading.raw();
    boolean unreadable = raw.id().kind().equals(RawDocument.INVALID);
    At top = reading.top();
    if (!unreadable) {
      if (!Kind.ALL.containsKey(raw.id().kind())) {
        locateKind(reading);
      }
      kind(top, raw.id().kind());
    }
    if (!(value(reading) instanceof Mapping mapping)) {
      throw reading.refusal(1, "had no fields, expected a document such as Kind: http-route");
    }
    DocumentId id = identity(reading, mapping, unreadable);
    if (!Names.valid(id.name())) {
      throw top.field("Name").refusal(Value.quoted(id.name()), Names.EXPECTED);
    }
    Kind<?> kind = kind(top, id.kind());
    if (unreadable) {
      throw reading.refusal(1, "had " + id + " once more, expected every document once");
    }
    return convert(kind, id, mapping, reading);
  }

  private static <M extends Message> Document convert(
      Kind<M> kind, DocumentId id, Mapping mapping, Reading reading) {
    M message = MessageReader.read(mapping, kind.prototype(), reading);
    return kind.converter().convert(id, message, reading.top());
  }

  private static Value value(Reading reading) {
    try {
      return TextReader.read(reading.raw().text());
    } catch (Unreadable e) {
      // The words of a parser may repeat what it stumbled over.
      String reason = e.reason();
      int words = reason.indexOf(": ");
      boolean hide =
          reason.startsWith("is not ") && Secrets.possible(reading.raw().id().kind()) && words > 0;
      throw reading.refusal(
          Math.max(1, e.line()),
          hide ? reason.substring(0, words) + "; more is not said of what may be secret" : reason);
    }
  }

  private static Kind<?> kind(At top, String name) {
    Kind<?> kind = Kind.ALL.get(name);
    if (kind == null) {
      String known = Kind.ALL.keySet().stream().collect(Collectors.joining(", "));
      throw top.field("Kind")
          .refusal(
              Value.quoted(name),
              "expected one of " + known + Suggestion.among(Kind.ALL.keySet(), name));
    }
    return kind;
  }

  /** Whatever else the text holds: where it says what it is. */
  private static void locateKind(Reading reading) {
    try {
      if (TextReader.read(reading.raw().text()) instanceof Mapping mapping) {
        mapping.members().stream()
            .filter(member -> member.key().equalsIgnoreCase("Kind"))
            .forEach(member -> reading.line("Kind", member.line()));
      }
    } catch (Unreadable e) {
      // Then the text as a whole is where it stands.
    }
  }

  /** What the document is by its location and its text, which must agree. */
  private static DocumentId identity(Reading reading, Mapping mapping, boolean unreadable) {
    DocumentId id = reading.raw().id();
    return new DocumentId(
        identity(reading, mapping, "Kind", unreadable ? "" : id.kind()),
        identity(reading, mapping, "Name", unreadable ? "" : id.name()));
  }

  private static String identity(
      Reading reading, Mapping mapping, String field, String byLocation) {
    for (Value.Member member : mapping.members()) {
      if (!member.key().equals(field) && !member.key().equals(field.toLowerCase(Locale.ROOT))) {
        continue;
      }
      At at = reading.top().field(field);
      reading.line(field, member.line());
      if (!(member.value() instanceof Scalar scalar) || scalar.type() != Value.ScalarType.STRING) {
        throw at.refusal(member.value().shown(), "expected a string");
      }
      if (!byLocation.isEmpty() && !byLocation.equals(scalar.text())) {
        throw at.refusal(
            scalar.shown(), "expected " + Value.quoted(byLocation) + ", as where it stands says");
      }
      return scalar.text();
    }
    if (byLocation.isEmpty()) {
      throw reading.top().field(field).refusal("nothing", "expected a string");
    }
    return byLocation;
  }
}
