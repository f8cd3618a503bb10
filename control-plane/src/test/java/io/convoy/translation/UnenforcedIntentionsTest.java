package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnenforcedIntentionsTest {
  private static final Catalog CATALOG =
      Catalog.EMPTY.with(
          List.of(
              Service.of("plain", List.of(instance(Map.of()))),
              Service.of("circle", List.of(instance(Map.of("convoy-app-port", "8080")))),
              Service.of(
                  "some",
                  List.of(instance(Map.of()), instance(Map.of("convoy-app-port", "9090"))))),
          List.of());

  @Test
  void whereNoInstanceHasASidecar() {
    assertThat(UnenforcedIntentions.problem(intentions("plain"), CATALOG))
        .contains(
            "service \"plain\" has no instance with a sidecar (convoy-app-port): nobody enforces this");
    assertThat(UnenforcedIntentions.problem(intentions("circle"), CATALOG)).isPresent();
    assertThat(UnenforcedIntentions.problem(intentions("unknown"), CATALOG)).isPresent();
  }

  @Test
  void notWhereOneHas() {
    assertThat(UnenforcedIntentions.problem(intentions("some"), CATALOG)).isEmpty();
  }

  @Test
  void notOfWhatIsAboutNoServiceOfItsOwn() {
    assertThat(UnenforcedIntentions.problem(intentions("*"), CATALOG)).isEmpty();
    assertThat(UnenforcedIntentions.problem(new DocumentId("service-defaults", "plain"), CATALOG))
        .isEmpty();
  }

  private static DocumentId intentions(String service) {
    return new DocumentId("service-intentions", service);
  }

  private static Instance instance(Map<String, String> meta) {
    return new Instance(
        "n",
        meta.toString(),
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
