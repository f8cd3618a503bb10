package io.convoy.snapshot;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import io.convoy.translation.Resource;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The resources of one type by name, in the order of names. A table that differs from the one
 * before in content only shares what finds a name with it, so that a change among thousands costs
 * an array. Immutable.
 */
final class ResourceTable extends AbstractMap<String, Resource> {
  static final ResourceTable EMPTY = new ResourceTable(ImmutableMap.of(), new Resource[0]);

  /** Where each name's resource is; iterates in the order of names, as {@link #resources} does. */
  private final ImmutableMap<String, Integer> positions;

  private final Resource[] resources;

  private ResourceTable(ImmutableMap<String, Integer> positions, Resource[] resources) {
    this.positions = positions;
    this.resources = resources;
  }

  /** Collects the resources of the table that follows {@code previous}. */
  static final class Builder {
    private final ResourceTable previous;
    private final @Nullable Resource[] known;
    private final List<Resource> added = new ArrayList<>();
    private int count;

    Builder(ResourceTable previous) {
      this.previous = previous;
      this.known = new @Nullable Resource[previous.resources.length];
    }

    /** Of two resources of one name the later counts. */
    void add(Resource resource) {
      Integer at = previous.positions.get(resource.key().name());
      if (at == null) {
        added.add(resource);
        return;
      }
      count += known[at] == null ? 1 : 0;
      known[at] = resource;
    }

    /** The same object as the previous table where every resource is the same object. */
    ResourceTable build() {
      if (!added.isEmpty() || count < known.length) {
        return sorted();
      }
      return Arrays.equals(known, previous.resources, Builder::identity)
          ? previous
          : new ResourceTable(previous.positions, Arrays.copyOf(known, count, Resource[].class));
    }

    @SuppressWarnings(
        "ReferenceEquality") // translation gives the same object while nothing changes
    private static int identity(@Nullable Resource one, Resource other) {
      return one == other ? 0 : 1;
    }

    private ResourceTable sorted() {
      List<Resource> all = new ArrayList<>(count + added.size());
      for (Resource resource : known) {
        if (resource != null) {
          all.add(resource);
        }
      }
      all.addAll(added);
      all.sort(Comparator.comparing(resource -> resource.key().name()));
      var positions = ImmutableMap.<String, Integer>builderWithExpectedSize(all.size());
      List<Resource> distinct = new ArrayList<>(all.size());
      for (int i = 0; i < all.size(); i++) {
        String name = all.get(i).key().name();
        if (i + 1 == all.size() || !all.get(i + 1).key().name().equals(name)) {
          positions.put(name, distinct.size());
          distinct.add(all.get(i));
        }
      }
      return new ResourceTable(positions.buildOrThrow(), distinct.toArray(Resource[]::new));
    }
  }

  /** Tells the names of what was added, removed or has another version since {@code previous}. */
  @SuppressWarnings("ReferenceEquality") // where the names are the same, so are the positions
  void forEachDifference(ResourceTable previous, java.util.function.Consumer<String> each) {
    if (positions == previous.positions) {
      for (int i = 0; i < resources.length; i++) {
        if (!resources[i].version().equals(previous.resources[i].version())) {
          each.accept(resources[i].key().name());
        }
      }
      return;
    }
    forEach((name, resource) -> {
      Resource old = previous.get(name);
      if (old == null || !old.version().equals(resource.version())) {
        each.accept(name);
      }
    });
    for (String name : previous.keySet()) {
      if (!containsKey(name)) {
        each.accept(name);
      }
    }
  }

  @Override
  public @Nullable Resource get(@Nullable Object name) {
    Integer at = positions.get(name);
    return at == null ? null : resources[at];
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return positions.containsKey(name);
  }

  @Override
  public int size() {
    return resources.length;
  }

  @Override
  public Set<String> keySet() {
    return positions.keySet();
  }

  @Override
  public Collection<Resource> values() {
    return Collections.unmodifiableList(Arrays.asList(resources));
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super Resource> each) {
    for (Resource resource : resources) {
      each.accept(resource.key().name(), resource);
    }
  }

  @Override
  public Set<Entry<String, Resource>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<String, Resource>> iterator() {
        return values().stream()
            .map(resource -> Maps.immutableEntry(resource.key().name(), resource))
            .iterator();
      }

      @Override
      public int size() {
        return resources.length;
      }
    };
  }
}
