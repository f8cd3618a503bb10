package io.convoy.translation;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Gives each key a slot of a lane and leaves it there for as long as the key is there: to move a
 * limit is to refill its bucket.
 *
 * <p>Where nothing was removed, the slots follow from the keys and their age alone, so that
 * replicas and restarts give the same ones. Confined to one thread.
 */
final class Slots {
  private final int prepared;
  private final Map<String, Integer> taken = new HashMap<>();
  private int size;

  /** {@code prepared}: how many slots there are at least; a power of two. */
  Slots(int prepared) {
    this.prepared = prepared;
    this.size = prepared;
  }

  Slots copy() {
    var copy = new Slots(prepared);
    copy.taken.putAll(taken);
    copy.size = size;
    return copy;
  }

  /** Makes {@code oldestFirst} the keys that have a slot. */
  void update(Collection<String> oldestFirst) {
    // What is freed now is not taken now: for a moment an Envoy may have the route of the one and
    // the content of the other.
    Set<Integer> used = new HashSet<>(taken.values());
    taken.keySet().retainAll(Set.copyOf(oldestFirst));
    for (String key : oldestFirst) {
      if (!taken.containsKey(key)) {
        int slot = free(key, used);
        taken.put(key, slot);
        used.add(slot);
      }
    }
    while (crowded()) {
      size *= 2;
    }
  }

  /** Whether so few slots are free that the next documents might not find one. */
  private boolean crowded() {
    int highest = taken.values().stream().mapToInt(slot -> slot + 1).max().orElse(0);
    return taken.size() * 4L > size * 3L || highest > size;
  }

  /**
   * A slot that is free among the first so many, and only where none is among the next so many: the
   * result does not depend on how far the lane has grown.
   */
  private int free(String key, Set<Integer> used) {
    int home = Hashing.murmur3_32_fixed().hashString(key, StandardCharsets.UTF_8).asInt();
    for (int region = 0; ; region += prepared) {
      for (int i = 0; i < prepared; i++) {
        int slot = region + Math.floorMod(home + i, prepared);
        if (!used.contains(slot)) {
          return slot;
        }
      }
    }
  }

  /** The slot of a key that was in the last update. */
  int of(String key) {
    Integer slot = taken.get(key);
    if (slot == null) {
      throw new IllegalArgumentException("no slot for " + key);
    }
    return slot;
  }

  /** How many slots the lane has; it never shrinks. */
  int size() {
    return size;
  }
}
