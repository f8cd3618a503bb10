package io.convoy.translation;

import java.util.Comparator;

/** A resource's identity within a snapshot. */
public record ResourceKey(ResourceType type, String name) implements Comparable<ResourceKey> {
  private static final Comparator<ResourceKey> ORDER =
      Comparator.comparing(ResourceKey::type).thenComparing(ResourceKey::name);

  @Override
  public int compareTo(ResourceKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return type.label() + "/" + name;
  }
}
