package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.Maps;
import com.google.common.collect.Sets;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.KeyServerAccess;
import io.convoy.policy.Policies;
import io.convoy.translation.NodeGroup.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TranslatorTest {
  private static final List<NodeGroup> GROUPS =
      List.of(
          new NodeGroup(Role.GATEWAY, "gateway", 0),
          new NodeGroup(Role.GATEWAY, "edge", 7000),
          new NodeGroup(Role.GRPC, "checkout", 0),
          new NodeGroup(Role.SIDECAR, "user", 0),
          new NodeGroup(Role.SIDECAR, "order", 9001));

  private static final List<GoldenCase> CASES = GoldenCase.all();

  private static Map<ResourceKey, Resource> byKey(Translation translation) {
    return Maps.uniqueIndex(translation.resources(), Resource::key);
  }

  static List<GoldenCase> cases() {
    return CASES;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyReferenceExists(GoldenCase golden) {
    Map<ResourceKey, Resource> resources = byKey(golden.translate());
    var references =
        resources.values().stream()
            .flatMap(resource -> resource.references().stream())
            .collect(ImmutableSet.toImmutableSet());
    assertThat(resources.keySet())
        .containsAll(
            Sets.filter(
                references,
                key ->
                    key.type() != ResourceType.EXTENSIONS && key.type() != ResourceType.SECRETS));
    assertThat(
            Sets.filter(
                Sets.difference(references, resources.keySet()),
                key -> key.type() == ResourceType.SECRETS))
        .extracting(ResourceKey::name)
        .isSubsetOf(MeshSecrets.LEAF, MeshSecrets.ROOTS);
    assertThat(
            Sets.difference(resources.keySet(), references).stream()
                .filter(key -> key.type() != ResourceType.LISTENERS)
                .filter(key -> !key.name().equals(Translator.LOCAL_CLUSTER)))
        .as("resources that nothing asks for")
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void routesUseTheSlotsThatHaveContentAndListenersPrepareThem(GoldenCase golden) {
    Map<ResourceKey, Resource> resources = byKey(golden.translate());
    var content = Sets.filter(resources.keySet(), key -> key.type() == ResourceType.EXTENSIONS);
    // Intentions act on every request: no route has to say so.
    assertThat(slots(resources, ResourceType.ROUTES))
        .isEqualTo(Sets.filter(content, key -> !key.name().startsWith("service-intentions/")));
    assertThat(slots(resources, ResourceType.LISTENERS)).containsAll(content);
  }

  private static ImmutableSet<ResourceKey> slots(
      Map<ResourceKey, Resource> resources, ResourceType namers) {
    return resources.values().stream()
        .filter(resource -> resource.key().type() == namers)
        .flatMap(resource -> resource.references().stream())
        .filter(key -> key.type() == ResourceType.EXTENSIONS)
        .collect(ImmutableSet.toImmutableSet());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyDocumentExists(GoldenCase golden) {
    for (Resource resource : golden.translate().resources()) {
      for (DocumentId id : resource.documents()) {
        assertThat(
                golden.policies().entries().containsKey(id)
                    || (id.kind().equals("service")
                        && golden.catalog().service(id.name()).isPresent()))
            .as("%s, which shaped %s", id, resource.key())
            .isTrue();
      }
    }
  }

  /** A translator that has seen much. */
  private record Known(NodeGroup group, Seats seats, Translator translator) {
    Known(NodeGroup group, Seats seats) {
      this(
          group,
          seats,
          new Translator(group, KeyServerAccess.PUBLIC, UndeclaredUpstreams.ALL, seats));
    }
  }

  /**
   * Whatever came before, the result is that of a new translator. The changes are drawn from all
   * golden cases: a service or document of one name comes in as many versions as there are cases
   * that have it.
   */
  @Property(tries = 25)
  void theResultDependsOnTheArgumentsAndTheSeatsAlone(@ForAll long seed) {
    var random = new Random(seed);
    List<Known> groups =
        GROUPS.stream()
            .map(group -> new Known(group, new Seats()))
            .collect(ImmutableList.toImmutableList());
    Catalog catalog = Catalog.EMPTY;
    Map<DocumentId, Policies.Entry> entries = new TreeMap<>();
    for (int step = 0; step < 25; step++) {
      GoldenCase from = CASES.get(random.nextInt(CASES.size()));
      for (Service service : from.catalog().services().values()) {
        boolean remove = random.nextInt(4) == 0;
        catalog =
            random.nextBoolean()
                ? catalog
                : catalog.with(
                    remove ? List.of() : List.of(service),
                    remove ? List.of(service.name()) : List.of());
      }
      from.policies()
          .entries()
          .forEach((id, entry) -> {
            if (random.nextInt(4) == 0) {
              entries.remove(id);
            } else if (random.nextBoolean()) {
              entries.put(id, entry);
            }
          });
      var policies = new Policies(ImmutableSortedMap.copyOf(entries));
      for (Known known : groups) {
        Translation next = known.translator.translate(catalog, policies);
        Translation anew =
            new Translator(
                    known.group,
                    KeyServerAccess.PUBLIC,
                    UndeclaredUpstreams.ALL,
                    known.seats.copy())
                .translate(catalog, policies);
        assertThat(next.unresolved()).isEqualTo(anew.unresolved());
        assertThat(next.resources()).hasSameSizeAs(anew.resources());
        for (int i = 0; i < next.resources().size(); i++) {
          assertThat(next.resources().get(i)).isEqualTo(anew.resources().get(i));
        }
        assertThat(byKey(next)).hasSameSizeAs(next.resources());
      }
    }
  }

  @Test
  @SuppressWarnings("ReferenceEquality")
  void onlyWhatDiffersIsMadeAnew() {
    var services = services(50, Health.PASSING);
    var translator = new Translator(new NodeGroup(Role.GATEWAY, "gateway", 0));
    Catalog catalog = Catalog.EMPTY.with(services, List.of());
    var before = byKey(translator.translate(catalog, Policies.EMPTY));
    Service critical = services(50, Health.CRITICAL).get(7);
    var after =
        byKey(translator.translate(catalog.with(List.of(critical), List.of()), Policies.EMPTY));
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after.keySet().stream().filter(key -> after.get(key) != before.get(key)))
        .containsExactly(new ResourceKey(ResourceType.ENDPOINTS, critical.name()));
  }

  @Test
  void sameArgumentsSameTranslation() {
    var translator = new Translator(new NodeGroup(Role.GATEWAY, "gateway", 0));
    Catalog catalog = Catalog.EMPTY.with(services(3, Health.PASSING), List.of());
    Translation first = translator.translate(catalog, Policies.EMPTY);
    assertThat(translator.translate(catalog, Policies.EMPTY)).isSameAs(first);
  }

  /** What is declared decides what a sidecar holds, however large the mesh is. */
  @Test
  void aSidecarWithDeclaredUpstreamsDoesNotGrowWithTheMesh() {
    assertThat(sidecarAmong(10)).isEqualTo(sidecarAmong(2_000));
  }

  private static ImmutableSet<ResourceKey> sidecarAmong(int services) {
    Service caller =
        Service.of(
            "caller",
            List.of(
                new Instance(
                    "node-1",
                    "caller-1",
                    "10.0.0.9",
                    8080,
                    ImmutableSortedSet.of(),
                    ImmutableSortedMap.of("convoy-app-port", "9090", "convoy-upstreams", "s1, s2"),
                    1,
                    Health.PASSING,
                    Locality.UNKNOWN,
                    1)));
    Catalog catalog =
        Catalog.EMPTY
            .with(services(services, Health.PASSING), List.of())
            .with(List.of(caller), List.of());
    Translation translation =
        new Translator(new NodeGroup(Role.SIDECAR, "caller", 0)).translate(catalog, Policies.EMPTY);
    return translation.resources().stream()
        .map(Resource::key)
        .collect(ImmutableSet.toImmutableSet());
  }

  @Test
  void aSidecarReachesWhatItIsToldToByDefault() {
    Catalog catalog = Catalog.EMPTY.with(services(3, Health.PASSING), List.of());
    var group = new NodeGroup(Role.SIDECAR, "caller", 0);
    assertThat(clusters(new Translator(group, KeyServerAccess.PUBLIC), catalog)).hasSize(3);
    assertThat(
            clusters(
                new Translator(group, KeyServerAccess.PUBLIC, UndeclaredUpstreams.NONE), catalog))
        .isEmpty();
  }

  private static List<ResourceKey> clusters(Translator translator, Catalog catalog) {
    return translator.translate(catalog, Policies.EMPTY).resources().stream()
        .map(Resource::key)
        .filter(key -> key.type() == ResourceType.CLUSTERS)
        .toList();
  }

  /** Prints what a change costs where there is much that does not change. */
  @Test
  void costOfAChange() {
    var services = services(5_000, Health.PASSING);
    var translator = new Translator(new NodeGroup(Role.GATEWAY, "gateway", 0));
    Catalog catalog = Catalog.EMPTY.with(services, List.of());
    long start = System.nanoTime();
    translator.translate(catalog, Policies.EMPTY);
    long first = System.nanoTime() - start;
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Health health = i % 2 == 0 ? Health.CRITICAL : Health.PASSING;
      Catalog next = catalog.with(List.of(service(i, health)), List.of());
      start = System.nanoTime();
      Translation translation = translator.translate(next, Policies.EMPTY);
      times.add(System.nanoTime() - start);
      assertThat(translation.resources()).hasSize(10_002);
    }
    times.sort(null);
    System.out.printf(
        "5,000 services: first %.1f ms, one instance's change p50 %.2f ms, p99 %.2f ms%n",
        first / 1e6, times.get(100) / 1e6, times.get(198) / 1e6);
  }

  private static List<Service> services(int count, Health health) {
    return IntStream.range(0, count).mapToObj(i -> service(i, health)).toList();
  }

  private static Service service(int number, Health health) {
    String name = "service-%04d".formatted(number);
    var instances =
        IntStream.range(0, 3)
            .mapToObj(i ->
                new Instance(
                    "node-" + i,
                    name + "-" + i,
                    "10.%d.%d.%d".formatted(i, number / 256, number % 256),
                    8080,
                    ImmutableSortedSet.of(),
                    ImmutableSortedMap.of("convoy-path", "/" + name + "/"),
                    1,
                    health,
                    Locality.UNKNOWN,
                    number))
            .toList();
    return Service.of(name, instances);
  }
}
