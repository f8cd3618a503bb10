package io.convoy.bench.fleet;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Numbers by name, looked up by the name's bytes within a message: nothing is allocated. */
final class Names {
  private final byte[][] names;
  private final int[] numbers;

  /** {@code all}: numbers from 0 by name. */
  Names(Map<String, Integer> all) {
    int size = Integer.highestOneBit(Math.max(1, all.size())) * 4;
    names = new byte[size][];
    numbers = new int[size];
    all.forEach((name, number) -> put(name.getBytes(StandardCharsets.UTF_8), number));
  }

  private void put(byte[] name, int number) {
    int slot = hash(name, 0, name.length);
    while (names[slot] != null) {
      slot = slot + 1 & names.length - 1;
    }
    names[slot] = name;
    numbers[slot] = number;
  }

  /** The name's number, or -1. */
  int find(byte[] buffer, int start, int end) {
    int slot = hash(buffer, start, end);
    while (names[slot] != null) {
      if (Arrays.equals(names[slot], 0, names[slot].length, buffer, start, end)) {
        return numbers[slot];
      }
      slot = slot + 1 & names.length - 1;
    }
    return -1;
  }

  private int hash(byte[] buffer, int start, int end) {
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + buffer[i];
    }
    return (hash ^ hash >>> 15) & names.length - 1;
  }
}
