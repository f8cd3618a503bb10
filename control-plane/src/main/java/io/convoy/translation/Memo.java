package io.convoy.translation;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Remembers by key what was made of an input, and makes it anew only when the input differs.
 *
 * <p>Inputs are compared with {@code equals}. They are records of immutable parts that stay the
 * same objects while they do not change, so that a comparison rarely goes deeper than identity.
 */
final class Memo<K, I, R> {
  private final Map<K, Entry<I, R>> entries = new HashMap<>();
  private long round;

  private static final class Entry<I, R> {
    final I input;
    final R result;
    long round;

    Entry(I input, R result) {
      this.input = input;
      this.result = result;
    }
  }

  /** What {@code make} gave for an equal input before, or gives now. */
  R get(K key, I input, Supplier<R> make) {
    Entry<I, R> entry = entries.get(key);
    if (entry == null || !entry.input.equals(input)) {
      entry = new Entry<>(input, make.get());
      entries.put(key, entry);
    }
    entry.round = round;
    return entry.result;
  }

  /** Forgets the keys that were not asked for since the last call. */
  void forgetUnused() {
    entries.values().removeIf(entry -> entry.round != round);
    round++;
  }
}
