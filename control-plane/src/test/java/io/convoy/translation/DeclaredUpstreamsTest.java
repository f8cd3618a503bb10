package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.catalog.Upstream;
import io.convoy.translation.NodeGroup.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a sidecar holds follows from what its service declares, however large the mesh is. */
class DeclaredUpstreamsTest {
  private static final ImmutableList<Upstream> REGISTERED =
      ImmutableList.of(
          new Upstream("svc-1", "", "", "", 9191), new Upstream("svc-2", "", "", "", 9192));

  @Test
  void whatIsHeldDoesNotGrowWithTheMesh() {
    for (Instance order :
        List.of(
            instance(Map.of("convoy-upstreams", "svc-1,svc-2:9192")),
            instance(Map.of()).with(REGISTERED))) {
      List<ResourceKey> few = keys(order, 10);
      assertThat(keys(order, 1_000)).isEqualTo(few);
      assertThat(few)
          .filteredOn(key -> key.type() == ResourceType.CLUSTERS)
          .extracting(ResourceKey::name)
          .contains("svc-1", "svc-2")
          .noneMatch(name -> name.startsWith("svc-") && !name.matches("svc-[12]"));
    }
  }

  @Test
  void withoutADeclarationItDoes() {
    assertThat(keys(instance(Map.of()), 100)).hasSizeGreaterThan(100);
  }

  private static List<ResourceKey> keys(Instance order, int services) {
    List<Service> all = new ArrayList<>(List.of(Service.of("order", List.of(order))));
    for (int i = 0; i < services; i++) {
      all.add(Service.of("svc-" + i, List.of(instance(Map.of()))));
    }
    return new Translator(new NodeGroup(Role.SIDECAR, "order", 0))
        .translate(Catalog.EMPTY.with(all, List.of()), GoldenCase.policies("")).resources().stream()
            .map(Resource::key)
            .toList();
  }

  private static Instance instance(Map<String, String> meta) {
    return new Instance(
        "n",
        "1",
        "10.0.0.1",
        8080,
        ImmutableSortedSet.of(),
        ImmutableSortedMap.copyOf(meta),
        1,
        Health.PASSING,
        Locality.UNKNOWN,
        1);
  }
}
