package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SnapshotTest {
  private static final NodeGroup GROUP = new NodeGroup(NodeGroup.Role.GATEWAY, "gateway", 0);

  private static Resource resource(ResourceType type, String name, int version) {
    Any body =
        Any.newBuilder()
            .setTypeUrl(type.typeUrl())
            .setValue(ByteString.copyFromUtf8(name + version))
            .build();
    return new Resource(
        new ResourceKey(type, name), body, "v" + version, ImmutableSet.of(), ImmutableSet.of());
  }

  /** Against maps that are made anew each time, whatever is added, changed and removed. */
  @Test
  void everyNextSnapshotIsAsOneMadeAnew() {
    var random = new Random(7);
    var all = new TreeMap<ResourceKey, Resource>();
    Snapshot snapshot = Snapshot.of(GROUP, List.of());
    for (int step = 0; step < 2_000; step++) {
      for (int i = random.nextInt(4); i > 0; i--) {
        ResourceType type = random.nextBoolean() ? ResourceType.CLUSTERS : ResourceType.ROUTES;
        var key = new ResourceKey(type, "n" + random.nextInt(12));
        if (random.nextInt(4) == 0) {
          all.remove(key);
        } else {
          all.put(key, resource(type, key.name(), random.nextInt(3)));
        }
      }
      var shuffled = new ArrayList<>(all.values());
      java.util.Collections.shuffle(shuffled, random);
      Snapshot next = snapshot.next(shuffled);
      Snapshot anew = Snapshot.of(GROUP, all.values());

      assertThat(next.resources()).isEqualTo(anew.resources());
      for (ResourceType type : ResourceType.values()) {
        assertThat(List.copyOf(next.of(type).keySet()))
            .isEqualTo(List.copyOf(anew.of(type).keySet()))
            .isSorted();
        assertThat(next.of(type).values()).containsExactlyElementsOf(anew.of(type).values());
      }
      assertThat(differences(snapshot, next)).isEqualTo(expected(snapshot, next));
      snapshot = next;
    }
  }

  private static Set<String> differences(Snapshot before, Snapshot now) {
    var found = new TreeSet<String>();
    now.forEachDifference(before, (type, name) -> found.add(type + " " + name));
    return found;
  }

  private static Set<String> expected(Snapshot before, Snapshot now) {
    var found = new TreeSet<String>();
    for (ResourceType type : ResourceType.values()) {
      Map<String, Resource> old = before.of(type);
      Map<String, Resource> present = now.of(type);
      var names = new TreeSet<>(old.keySet());
      names.addAll(present.keySet());
      for (String name : names) {
        Resource one = old.get(name);
        Resource other = present.get(name);
        if (one == null || other == null || !one.version().equals(other.version())) {
          found.add(type + " " + name);
        }
      }
    }
    return found;
  }

  @Test
  void aTypeOfWhichNothingChangesIsShared() {
    Resource cluster = resource(ResourceType.CLUSTERS, "a", 1);
    Snapshot before =
        Snapshot.of(GROUP, List.of(cluster, resource(ResourceType.ENDPOINTS, "a", 1)));
    Snapshot after = before.next(List.of(cluster, resource(ResourceType.ENDPOINTS, "a", 2)));
    assertThat((Object) after.of(ResourceType.CLUSTERS)).isSameAs(before.of(ResourceType.CLUSTERS));
    assertThat(differences(before, after)).containsExactly("ENDPOINTS a");
  }
}
