package io.convoy.snapshot;

import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Everything that a node group is to be told, by type and name. Immutable. */
public final class Snapshot {
  private final NodeGroup group;
  private final Map<ResourceType, ResourceTable> tables;

  private Snapshot(NodeGroup group, Map<ResourceType, ResourceTable> tables) {
    this.group = group;
    this.tables = tables;
  }

  /** One that follows none. */
  public static Snapshot of(NodeGroup group, Iterable<Resource> resources) {
    return new Snapshot(group, Map.of()).next(resources);
  }

  /**
   * The group's next snapshot: what is as it was is shared with this one, so that it costs little
   * where the same names have other content.
   */
  Snapshot next(Iterable<Resource> resources) {
    var builders = new EnumMap<ResourceType, ResourceTable.Builder>(ResourceType.class);
    for (Resource resource : resources) {
      builders
          .computeIfAbsent(resource.key().type(), type -> new ResourceTable.Builder(table(type)))
          .add(resource);
    }
    var next = new EnumMap<ResourceType, ResourceTable>(ResourceType.class);
    builders.forEach((type, builder) -> next.put(type, builder.build()));
    return new Snapshot(group, next);
  }

  public NodeGroup group() {
    return group;
  }

  /** Of the types that there are resources of, by name, in the order of names. */
  public Map<ResourceType, Map<String, Resource>> resources() {
    return Collections.unmodifiableMap(tables);
  }

  /** The resources of one type by name, in the order of names; empty when there are none. */
  public Map<String, Resource> of(ResourceType type) {
    return table(type);
  }

  public @Nullable Resource get(ResourceKey key) {
    return table(key.type()).get(key.name());
  }

  /** Tells what was added, removed or has another version since {@code previous}. */
  @SuppressWarnings("ReferenceEquality") // a type of which nothing changed has the same table
  void forEachDifference(Snapshot previous, BiConsumer<ResourceType, String> each) {
    for (ResourceType type : ResourceType.values()) {
      ResourceTable now = table(type);
      ResourceTable before = previous.table(type);
      if (now != before) {
        now.forEachDifference(before, name -> each.accept(type, name));
      }
    }
  }

  private ResourceTable table(ResourceType type) {
    return tables.getOrDefault(type, ResourceTable.EMPTY);
  }
}
