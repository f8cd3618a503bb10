package io.convoy.snapshot;

import com.google.common.collect.ImmutableSortedMap;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Everything that a node group is to be told, by type and name. Immutable. */
public record Snapshot(
    NodeGroup group, Map<ResourceType, ImmutableSortedMap<String, Resource>> resources) {

  public static Snapshot of(NodeGroup group, Iterable<Resource> resources) {
    var byType = new EnumMap<ResourceType, TreeMap<String, Resource>>(ResourceType.class);
    for (Resource resource : resources) {
      byType
          .computeIfAbsent(resource.key().type(), type -> new TreeMap<>())
          .put(resource.key().name(), resource);
    }
    var sorted =
        new EnumMap<ResourceType, ImmutableSortedMap<String, Resource>>(ResourceType.class);
    byType.forEach((type, map) -> sorted.put(type, ImmutableSortedMap.copyOfSorted(map)));
    return new Snapshot(group, java.util.Collections.unmodifiableMap(sorted));
  }

  /** The resources of one type by name; empty when there are none. */
  public ImmutableSortedMap<String, Resource> of(ResourceType type) {
    return resources.getOrDefault(type, ImmutableSortedMap.of());
  }

  public @Nullable Resource get(ResourceKey key) {
    return of(key.type()).get(key.name());
  }
}
