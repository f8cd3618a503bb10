package io.convoy.xds;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client holds of one type, as far as it has said. What it refused as a part of a whole is
 * doubtful: it may have kept some of it.
 */
final class Holdings {
  private final Map<String, Resource> held = new HashMap<>();
  private final Map<String, List<Resource>> doubtful = new HashMap<>();

  @Nullable Resource get(String name) {
    return held.get(name);
  }

  Collection<Resource> all() {
    return held.values();
  }

  /** A copy, by name. */
  SortedMap<String, Resource> byName() {
    return new TreeMap<>(held);
  }

  Set<String> names() {
    return held.keySet();
  }

  boolean contains(String name) {
    return held.containsKey(name);
  }

  boolean isDoubtful(String name) {
    return doubtful.containsKey(name);
  }

  /** Whether it may have some version, doubtful or not. */
  boolean mayContain(String name) {
    return contains(name) || isDoubtful(name);
  }

  /** Whether it is known to have this content. */
  boolean has(Resource resource) {
    String name = resource.key().name();
    Resource has = held.get(name);
    return has != null && has.version().equals(resource.version()) && !isDoubtful(name);
  }

  /** Whether there is something of which only the client knows what it is. */
  boolean anyUnknown() {
    return held.values().stream().anyMatch(Holdings::isUnknown);
  }

  void addDoubtfulTo(Collection<Resource> target) {
    doubtful.values().forEach(target::addAll);
  }

  // What the client said.

  /** It took the resource over; returns what it had before. */
  @Nullable Resource put(Resource resource) {
    doubtful.remove(resource.key().name());
    return held.put(resource.key().name(), resource);
  }

  /** It dropped the name; returns what it had. */
  @Nullable Resource remove(String name) {
    doubtful.remove(name);
    return held.remove(name);
  }

  /** It brings the resource from an earlier stream: only the version is known. */
  void putUnknown(ResourceKey key, String version) {
    held.put(
        key.name(),
        new Resource(key, Any.getDefaultInstance(), version, ImmutableSet.of(), ImmutableSet.of()));
  }

  static boolean isUnknown(Resource resource) {
    return resource.body().getTypeUrl().isEmpty();
  }

  void doubt(Resource refused) {
    doubtful.computeIfAbsent(refused.key().name(), any -> new ArrayList<>()).add(refused);
  }

  /** A removal was refused: it may be there or not. */
  void doubtRemoval(String name) {
    doubtful.computeIfAbsent(name, any -> new ArrayList<>());
  }

  /** What was doubted under the name is settled, or cannot be. */
  void trust(String name) {
    doubtful.remove(name);
  }

  void trustAll() {
    doubtful.clear();
  }
}
