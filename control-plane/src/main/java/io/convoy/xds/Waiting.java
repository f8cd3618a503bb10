package io.convoy.xds;

import com.google.common.collect.ImmutableSortedSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names that order holds back, and since when the limit of each runs, if it does. */
final class Waiting {
  private static final long UNLIMITED = Long.MIN_VALUE;

  private final Map<String, Long> names = new HashMap<>();

  /** Waits; the limit runs from now, or from when it began to. */
  void limited(String name, long now) {
    names.merge(name, now, (old, at) -> old == UNLIMITED ? at : old);
  }

  void unlimited(String name) {
    names.put(name, UNLIMITED);
  }

  void remove(String name) {
    names.remove(name);
  }

  void removeAll(Collection<String> all) {
    all.forEach(names::remove);
  }

  boolean contains(String name) {
    return names.containsKey(name);
  }

  boolean isEmpty() {
    return names.isEmpty();
  }

  Set<String> names() {
    return names.keySet();
  }

  ImmutableSortedSet<String> shown() {
    return ImmutableSortedSet.copyOf(names.keySet());
  }

  /** When the name's limit began to run; null when it does not. */
  @Nullable Long since(String name) {
    Long since = names.get(name);
    return since == null || since == UNLIMITED ? null : since;
  }
}
