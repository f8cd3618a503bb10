package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;

/** Headers to add (keeping those that are there), to set (replacing them) and to remove. */
public record HeaderModifier(
    ImmutableSortedMap<String, String> add,
    ImmutableSortedMap<String, String> set,
    ImmutableList<String> remove) {
  public static final HeaderModifier NONE =
      new HeaderModifier(ImmutableSortedMap.of(), ImmutableSortedMap.of(), ImmutableList.of());
}
