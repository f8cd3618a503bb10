package io.convoy.xds;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Names, in the memory of their references: a thousand streams may each ask for hundreds. A change
 * makes another set. Immutable.
 */
final class NameSet {
  static final NameSet EMPTY = new NameSet(new @Nullable String[2], 0);

  /** An open hash table, at most half full: the length is a power of two. */
  private final @Nullable String[] table;

  private final int size;

  private NameSet(@Nullable String[] table, int size) {
    this.table = table;
    this.size = size;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean contains(String name) {
    return table[index(table, name)] != null;
  }

  boolean containsAll(Collection<String> names) {
    for (String name : names) {
      if (!contains(name)) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code names} holds the same, in whatever order and however often. */
  boolean sameAs(Collection<String> names) {
    var found = new BitSet(table.length);
    for (String name : names) {
      int at = index(table, name);
      if (table[at] == null) {
        return false;
      }
      found.set(at);
    }
    return found.cardinality() == size;
  }

  boolean anyMatch(Predicate<String> condition) {
    for (String name : table) {
      if (name != null && condition.test(name)) {
        return true;
      }
    }
    return false;
  }

  NameSet plus(Collection<String> names) {
    if (containsAll(names)) {
      return this;
    }
    int length = table.length;
    while (length < 2 * (size + names.size())) {
      length *= 2;
    }
    @Nullable String[] next =
        length == table.length ? table.clone() : rehashed(new @Nullable String[length]);
    int count = size;
    for (String name : names) {
      count += put(next, name);
    }
    return new NameSet(next, count);
  }

  NameSet minus(Collection<String> names) {
    if (names.isEmpty() || isEmpty()) {
      return this;
    }
    var left = new java.util.ArrayList<String>(size);
    forEach(name -> {
      if (!names.contains(name)) {
        left.add(name);
      }
    });
    return left.size() == size ? this : EMPTY.plus(left);
  }

  void forEach(Consumer<String> each) {
    for (String name : table) {
      if (name != null) {
        each.accept(name);
      }
    }
  }

  private @Nullable String[] rehashed(@Nullable String[] target) {
    forEach(name -> put(target, name));
    return target;
  }

  private static int put(@Nullable String[] table, String name) {
    int at = index(table, name);
    int added = table[at] == null ? 1 : 0;
    table[at] = name;
    return added;
  }

  /** Where the name is, or the free place where it belongs. */
  private static int index(@Nullable String[] table, String name) {
    int hash = name.hashCode() * 0x9E3779B9;
    int at = (hash ^ (hash >>> 16)) & (table.length - 1);
    for (String there = table[at]; there != null && !there.equals(name); there = table[at]) {
      at = (at + 1) & (table.length - 1);
    }
    return at;
  }

  @Override
  public String toString() {
    return Arrays.stream(table).filter(java.util.Objects::nonNull).sorted().toList().toString();
  }
}
