package io.convoy.xds;

import com.google.common.collect.ImmutableSortedSet;
import io.convoy.translation.ResourceType;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The names of one type that a client asks for, by the rules of its protocol. Confined to the
 * stream's lock, except {@link #wants}.
 */
final class Interest {
  private static final String WILDCARD = "*";

  /**
   * What a request changes; it has taken effect.
   *
   * @param added asked for by name, anew or (incremental only) again
   * @param gone no more asked for by name; the wildcard may still cover it
   */
  record Change(Set<String> added, boolean gainsAll, Set<String> gone, boolean losesAll) {
    static final Change NONE = new Change(Set.of(), false, Set.of(), false);
  }

  private final ResourceType type;
  private final UnaryOperator<String> shared;
  private volatile NameSet names = NameSet.EMPTY;
  private volatile boolean wildcard;
  private boolean begun;
  private boolean everNamed;

  /** {@code shared} gives the copy of a name that all streams have in common. */
  Interest(ResourceType type, UnaryOperator<String> shared) {
    this.type = type;
    this.shared = shared;
  }

  /** Whether the client has ever asked for this type on the stream. */
  boolean begun() {
    return begun;
  }

  boolean wildcard() {
    return wildcard;
  }

  /** Whether the client asks for the name. Safe from any thread. */
  boolean wants(String name) {
    return wildcard || names.contains(name);
  }

  /** Whether the client asks for this very name. */
  boolean names(String name) {
    return names.contains(name);
  }

  NameSet names() {
    return names;
  }

  /** For people: the wildcard is one of the names. */
  ImmutableSortedSet<String> shown() {
    var all = ImmutableSortedSet.<String>naturalOrder();
    names.forEach(all::add);
    return (wildcard ? all.add(WILDCARD) : all).build();
  }

  /**
   * State of the world: {@code requested} replaces what was asked for before. Nothing named yet on
   * the stream stands for everything where the type has that rule; after a name was given, it means
   * nothing.
   */
  Change replace(Collection<String> requested) {
    if (everNamed && !wildcard && names.sameAs(requested)) {
      return Change.NONE; // each acknowledgment repeats the names
    }
    var next = new HashSet<>(requested);
    boolean all = next.remove(WILDCARD);
    next.remove("");
    everNamed |= !requested.isEmpty();
    all |= !everNamed && type.wildcard();
    begun = true;
    var gone = new HashSet<String>();
    names.forEach(name -> {
      if (!next.remove(name)) {
        gone.add(name);
      }
    });
    return change(next, all && !wildcard, gone, !all && wildcard);
  }

  /**
   * Incremental. A first request that names nothing asks for everything where the type has that
   * rule; names stand beside it. Phantom names to unsubscribe from are ignored.
   */
  Change adjust(Collection<String> subscribe, Collection<String> unsubscribe) {
    boolean all = !begun && subscribe.isEmpty() && unsubscribe.isEmpty() && type.wildcard();
    begun = true;
    if (!all && subscribe.isEmpty() && unsubscribe.isEmpty()) {
      return Change.NONE;
    }
    var added = new HashSet<>(subscribe);
    all |= added.remove(WILDCARD);
    added.remove("");
    boolean gainsAll = all && !wildcard;
    boolean losesAll = unsubscribe.contains(WILDCARD) && (wildcard || gainsAll);
    var gone = new HashSet<>(unsubscribe);
    gone.removeIf(name -> !names.contains(name) && !added.contains(name));
    return change(added, gainsAll, gone, losesAll);
  }

  private Change change(Set<String> added, boolean gainsAll, Set<String> gone, boolean losesAll) {
    Set<String> known = new LinkedHashSet<>();
    added.forEach(name -> known.add(shared.apply(name)));
    names = names.plus(known).minus(gone);
    wildcard = (wildcard || gainsAll) && !losesAll;
    return new Change(known, gainsAll, gone, losesAll);
  }
}
