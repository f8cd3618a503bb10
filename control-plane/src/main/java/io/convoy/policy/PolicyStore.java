package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.policy.DocumentParser.Parsed;
import io.convoy.policy.RawDocument.Source;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The documents of all sources. Not thread-safe: confined to the writer. Only what changed is
 * parsed.
 *
 * <p>A refused document leaves its last good version in force. Of a name in several sources the
 * first source by {@link Source}'s order wins; where it was never good, the next stays in force, so
 * that a broken document never takes away what works.
 */
public final class PolicyStore {
  private final Map<DocumentId, EnumMap<Source, Held>> held = new HashMap<>();
  private final TreeMap<DocumentId, Policies.Entry> entries = new TreeMap<>();
  private @Nullable Policies policies = Policies.EMPTY;

  /** A document of one source. {@code good}: its last good version. */
  private record Held(Parsed parsed, Optional<Good> good) {}

  private record Good(RawDocument raw, Document document) {}

  /**
   * Takes over what one source reports: documents that are new or differ, and those that are gone
   * from it; one that is in both is new. Returns the identities whose {@link Policies.Entry}
   * differs now.
   */
  public ImmutableSet<DocumentId> apply(
      Source source, Collection<RawDocument> changed, Collection<DocumentId> removed) {
    Set<DocumentId> touched = new LinkedHashSet<>();
    for (RawDocument raw : changed) {
      EnumMap<Source, Held> sources =
          held.computeIfAbsent(raw.id(), id -> new EnumMap<>(Source.class));
      sources.put(source, hold(raw, sources.get(source)));
      touched.add(raw.id());
    }
    for (DocumentId id : removed) {
      EnumMap<Source, Held> sources = held.get(id);
      if (sources != null && !touched.contains(id) && sources.remove(source) != null) {
        touched.add(id);
      }
    }
    var differing = ImmutableSet.<DocumentId>builder();
    for (DocumentId id : touched) {
      if (update(id)) {
        differing.add(id);
        policies = null;
      }
    }
    return differing.build();
  }

  /** The present state. The same object as long as nothing changes. */
  public Policies policies() {
    Policies present = policies;
    if (present == null) {
      present = new Policies(ImmutableSortedMap.copyOfSorted(entries));
      policies = present;
    }
    return present;
  }

  private static Held hold(RawDocument raw, @Nullable Held before) {
    if (before != null && sameMeaning(raw, before.parsed())) {
      Parsed parsed = before.parsed();
      return new Held(
          new Parsed(raw, parsed.document(), parsed.problem(), parsed.warnings()),
          parsed.document().isPresent()
              ? before.good().map(good -> new Good(raw, good.document()))
              : before.good());
    }
    Parsed parsed = DocumentParser.parse(raw);
    Optional<Good> lastGood = before == null ? Optional.empty() : before.good();
    // An equal document is the same object: what is made of it need not be made again.
    Optional<Good> good =
        parsed
            .document()
            .map(document ->
                new Good(
                    raw, lastGood.map(Good::document).filter(document::equals).orElse(document)));
    return new Held(parsed, good.or(() -> lastGood));
  }

  /** Messages name the place, so that a text with messages must not have moved. */
  private static boolean sameMeaning(RawDocument raw, Parsed before) {
    boolean silent = before.problem().isEmpty() && before.warnings().isEmpty();
    boolean samePlace =
        raw.location().equals(before.raw().location()) && raw.line() == before.raw().line();
    return raw.text().equals(before.raw().text()) && (silent || samePlace);
  }

  /** Computes the entry anew; returns whether it differs. */
  private boolean update(DocumentId id) {
    EnumMap<Source, Held> sources = held.getOrDefault(id, new EnumMap<>(Source.class));
    if (sources.isEmpty()) {
      held.remove(id);
      return entries.remove(id) != null;
    }
    Policies.Entry next = entry(sources);
    Policies.Entry before = entries.put(id, next);
    return !next.equals(before);
  }

  private static Policies.Entry entry(EnumMap<Source, Held> sources) {
    Source winner = sources.keySet().iterator().next();
    Parsed parsed = Objects.requireNonNull(sources.get(winner)).parsed();
    Optional<Map.Entry<Source, Held>> inForce =
        sources.entrySet().stream().filter(held -> held.getValue().good().isPresent()).findFirst();
    var warnings = ImmutableList.<String>builder().addAll(parsed.warnings());
    sources.forEach((source, other) -> {
      if (source != winner) {
        boolean used = inForce.filter(held -> held.getKey() == source).isPresent();
        warnings.add(conflict(parsed.raw(), other.parsed().raw(), used));
      }
    });
    Optional<Good> good = inForce.flatMap(held -> held.getValue().good());
    return new Policies.Entry(
        parsed.raw(),
        good.map(Good::raw),
        good.map(Good::document),
        parsed.problem(),
        warnings.build());
  }

  private static String conflict(RawDocument winner, RawDocument loser, boolean used) {
    return place(winner)
        + ": conflict: "
        + place(loser)
        + " ("
        + loser.source().label()
        + ") has the same name and "
        + (used ? "stays in force until this one is valid" : "is not used");
  }

  private static String place(RawDocument raw) {
    return raw.location() + ":" + raw.line();
  }
}
