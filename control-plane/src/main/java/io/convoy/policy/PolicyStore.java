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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The documents of all sources. Not thread-safe: confined to the writer. Only what changed is
 * parsed.
 *
 * <p>A refused document leaves its last good version in force. Of a name in several sources the
 * first source by {@link Source}'s order wins; where it was never good, the next stays in force, so
 * that a broken document never takes away what works. What Envoys refuse is no longer good: see
 * {@link #reject}.
 */
public final class PolicyStore {
  private final Map<DocumentId, EnumMap<Source, Held>> held = new HashMap<>();
  private final TreeMap<DocumentId, Policies.Entry> entries = new TreeMap<>();
  private @Nullable Policies policies = Policies.EMPTY;

  /** How many good versions of a document are kept, to go back to. */
  private static final int VERSIONS = 8;

  /**
   * A document of one source.
   *
   * @param good its good versions, the newest first: that one is in force
   * @param rejection an Envoy's words about what was parsed
   */
  private record Held(Parsed parsed, ImmutableList<Good> good, Optional<String> rejection) {}

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

  /**
   * Envoys refuse what a version of a document became: it is good no longer, and the one before is
   * in force again, if there is any. That lasts until the text changes, or until {@link #readmit}.
   *
   * @param version as it was in force
   * @return whether it was still in force
   */
  public boolean reject(RawDocument version, String words) {
    Held before = held(version);
    if (before == null) {
      return false;
    }
    ImmutableList<Good> rest =
        before.good().stream()
            .filter(good -> !good.raw().text().equals(version.text()))
            .collect(ImmutableList.toImmutableList());
    if (rest.size() == before.good().size()) {
      return false;
    }
    boolean newest = before.parsed().raw().text().equals(version.text());
    boolean inForce = before.good().getFirst().raw().text().equals(version.text());
    replace(
        version, new Held(before.parsed(), rest, newest ? Optional.of(words) : before.rejection()));
    return inForce;
  }

  /** Puts a version that was rejected in force again; returns whether it is still the newest. */
  public boolean readmit(RawDocument version) {
    Held before = held(version);
    if (before == null
        || before.rejection().isEmpty()
        || !before.parsed().raw().text().equals(version.text())) {
      return false;
    }
    Parsed parsed = before.parsed();
    var good = new Good(parsed.raw(), parsed.document().orElseThrow());
    replace(version, new Held(parsed, newest(good, before.good()), Optional.empty()));
    return true;
  }

  private @Nullable Held held(RawDocument version) {
    EnumMap<Source, Held> sources = held.get(version.id());
    return sources == null ? null : sources.get(version.source());
  }

  private void replace(RawDocument version, Held next) {
    Objects.requireNonNull(held.get(version.id())).put(version.source(), next);
    if (update(version.id())) {
      policies = null;
    }
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

  /** What has become of one document; null when no source holds it. */
  public Policies.@Nullable Entry entry(DocumentId id) {
    return entries.get(id);
  }

  private static Held hold(RawDocument raw, @Nullable Held before) {
    ImmutableList<Good> good = before == null ? ImmutableList.of() : before.good();
    if (before != null && sameMeaning(raw, before.parsed())) {
      Parsed parsed = before.parsed();
      var moved = new Parsed(raw, parsed.document(), parsed.problem(), parsed.warnings());
      return new Held(moved, moved(good, parsed.raw(), raw), before.rejection());
    }
    Parsed parsed = DocumentParser.parse(raw);
    return new Held(
        parsed,
        parsed.document().map(document -> newest(new Good(raw, document), good)).orElse(good),
        Optional.empty());
  }

  /** {@code good} before the others; where it says the same as the newest, in its place. */
  private static ImmutableList<Good> newest(Good good, ImmutableList<Good> others) {
    boolean same = !others.isEmpty() && others.getFirst().document().equals(good.document());
    // An equal document is the same object: what is made of it need not be made again.
    Good first = same ? new Good(good.raw(), others.getFirst().document()) : good;
    return Stream.concat(Stream.of(first), others.stream().skip(same ? 1 : 0))
        .limit(VERSIONS)
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableList<Good> moved(
      ImmutableList<Good> versions, RawDocument from, RawDocument to) {
    return versions.stream()
        .map(good -> good.raw().equals(from) ? new Good(to, good.document()) : good)
        .collect(ImmutableList.toImmutableList());
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
    Held first = Objects.requireNonNull(sources.get(winner));
    Parsed parsed = first.parsed();
    Optional<Map.Entry<Source, Held>> inForce =
        sources.entrySet().stream().filter(held -> !held.getValue().good().isEmpty()).findFirst();
    var warnings = ImmutableList.<String>builder().addAll(parsed.warnings());
    sources.forEach((source, other) -> {
      if (source != winner) {
        boolean used = inForce.filter(held -> held.getKey() == source).isPresent();
        warnings.add(conflict(parsed.raw(), other.parsed().raw(), used));
      }
    });
    Optional<Good> good = inForce.map(held -> held.getValue().good().getFirst());
    return new Policies.Entry(
        parsed.raw(),
        good.map(Good::raw),
        good.map(Good::document),
        parsed.problem(),
        first.rejection(),
        warnings.build(),
        good.isPresent() ? ImmutableList.of() : DocumentParser.guarded(parsed.raw()),
        Optional.empty());
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
