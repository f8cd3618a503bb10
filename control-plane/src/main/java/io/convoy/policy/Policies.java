package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.util.Optional;
import java.util.stream.Stream;

/** All documents by identity, refused ones included. Immutable. */
public record Policies(ImmutableSortedMap<DocumentId, Entry> entries) {
  public static final Policies EMPTY = new Policies(ImmutableSortedMap.of());

  /** The kind of documents that fail closed. */
  static final String GUARD = "security-policy";

  /**
   * One document: what its source holds, and what is in force.
   *
   * @param raw as the source holds it now
   * @param inForce the version that {@code document} was parsed from
   * @param document in force: parsed from {@code raw}, or its last good version when {@code raw} is
   *     refused here or by Envoys, or empty when it was never good
   * @param problem why {@code raw} is refused; empty when it is accepted
   * @param rejection the words of Envoys that refuse what {@code raw} became; empty when none do
   * @param warnings what was read but is not used, or is in conflict with another source
   * @param closed what a refused guard that was never good would guard, as far as its targets can
   *     be read: closed to everybody; of a {@link TerminatingGateway}, the services that it names
   * @param pending why {@code document} is not what {@code raw} says for the moment, though nothing
   *     is wrong with it; empty when it is
   */
  public record Entry(
      RawDocument raw,
      Optional<RawDocument> inForce,
      Optional<Document> document,
      Optional<String> problem,
      Optional<String> rejection,
      ImmutableList<String> warnings,
      ImmutableList<TargetRef> closed,
      Optional<String> pending) {

    /** This, which its source does not hold any more. */
    public Entry until(String why) {
      return until(this, why);
    }

    /** This, while what is in force is what {@code before} says. */
    public Entry until(Entry before, String why) {
      return new Entry(
          raw,
          before.inForce,
          before.document,
          problem,
          rejection,
          warnings,
          closed,
          Optional.of(why));
    }

    /** Whether the document is accepted as its source holds it now, and else why not. */
    public Condition accepted() {
      return problem
          .map(why -> new Condition(Condition.Type.ACCEPTED, false, refused(), why + consequence()))
          .orElseGet(
              () -> new Condition(Condition.Type.ACCEPTED, true, Condition.Reason.ACCEPTED, ""));
    }

    /** What Envoys say of the document as its source holds it now, where they refuse it. */
    public Optional<Condition> rejected() {
      String kept =
          document.isPresent()
              ? "; the last good version stays in force"
              : raw.id().kind().equals(TerminatingGateway.KIND) ? unknownTls() : "";
      return rejection.map(words ->
          new Condition(Condition.Type.PROGRAMMED, false, Condition.Reason.REJECTED, words + kept));
    }

    private String consequence() {
      if (document.isPresent()) {
        return "; the last good version stays in force";
      }
      if (raw.id().kind().equals(ServiceIntentions.KIND)) {
        return raw.id().name().equals(ServiceIntentions.ANY)
            ? "; until this is valid, nobody may call what no document of its own decides"
            : "; until this is valid, nobody may call the service";
      }
      if (raw.id().kind().equals(TerminatingGateway.KIND)) {
        return unknownTls();
      }
      if (!raw.id().kind().equals(GUARD)) {
        return "";
      }
      return closed.isEmpty()
          ? "; what it should guard cannot be read and stays open"
          : "; what it should guard is closed (403) until this is valid";
    }

    private String unknownTls() {
      return closed.isEmpty()
          ? "; what services it should be about cannot be read, and they are called as without it"
          : "; until this is valid, instances of the services that it names are called where they have a sidecar only";
    }

    /** That what the source holds is not in force yet, where it is to be. */
    public Optional<Condition> waiting() {
      return pending.map(
          why -> new Condition(Condition.Type.PROGRAMMED, false, Condition.Reason.PENDING, why));
    }

    private Condition.Reason refused() {
      return DocumentParser.kinds().contains(raw.id().kind())
              || raw.id().kind().equals(RawDocument.INVALID)
          ? Condition.Reason.INVALID
          : Condition.Reason.UNKNOWN_KIND;
    }
  }

  /** The document in force of type {@code T} with this kind's name, if any. */
  public <T extends Document> Optional<T> find(Class<T> type, DocumentId id) {
    return Optional.ofNullable(entries.get(id)).flatMap(Entry::document).map(type::cast);
  }

  /** All documents in force of one type, sorted by name. */
  public <T extends Document> Stream<T> all(Class<T> type) {
    return entries.values().stream()
        .flatMap(entry -> entry.document().stream())
        .filter(type::isInstance)
        .map(type::cast);
  }
}
