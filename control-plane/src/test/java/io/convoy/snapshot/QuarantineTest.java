package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.policy.PolicyStore;
import io.convoy.policy.RawDocument;
import io.convoy.policy.RawDocument.Source;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QuarantineTest {
  private static final NodeGroup GROUP = new NodeGroup(NodeGroup.Role.GATEWAY, "gateway", 0);
  private static final ResourceKey KEY = new ResourceKey(ResourceType.ROUTES, "web");

  private final PolicyStore store = new PolicyStore();
  private final Quarantine quarantine = new Quarantine();
  private final Set<DocumentId> shaping = new HashSet<>();
  private final Set<DocumentId> changed = new HashSet<>();
  private @Nullable Snapshot published;
  private long index;

  @Test
  void onlyWhatChangedSinceWhatTheEnvoyHoldsIsSuspect() {
    write("a");
    write("b");
    String first = publish("1");
    RawDocument a = write("a");
    String second = publish("2");
    RawDocument b = write("b");
    String third = publish("3");

    assertThat(quarantine.suspects(KEY, third, second)).containsExactly(b);
    assertThat(quarantine.suspects(KEY, third, first)).containsExactlyInAnyOrder(a, b);
    assertThat(quarantine.suspects(KEY, second, first)).containsExactly(a);
    assertThat(quarantine.suspects(KEY, third, null)).containsExactly(b);
    assertThat(quarantine.suspects(KEY, "other", first)).isEmpty();
  }

  @Test
  void onAGroupsFirstPublishAllCount() {
    RawDocument a = write("a");
    RawDocument b = write("b");
    changed.clear();
    String first = publish("1");
    assertThat(quarantine.suspects(KEY, first, null)).containsExactlyInAnyOrder(a, b);
    assertThat(quarantine.suspects(KEY, first, "of another day")).contains(a, b);
  }

  @Test
  void changesWithoutDocumentsAreRememberedAsOne() {
    write("a");
    String first = publish("1");
    String held = publish("2");
    publish("3");
    RawDocument a = write("a");
    String refused = publish("4");
    assertThat(quarantine.suspects(KEY, refused, held)).containsExactly(a);
    assertThat(quarantine.suspects(KEY, refused, first)).containsExactly(a);
  }

  @Test
  void aDocumentWhoseNewTextIsRefusedHereHasNotChanged() {
    write("a");
    String first = publish("1");
    store.apply(
        Source.KV,
        List.of(new RawDocument(Source.KV, "convoy/x", id("a"), "Protocol: nonsense", 1, 99)),
        List.of());
    changed.add(id("a"));
    assertThat(quarantine.suspects(KEY, publish("2"), first)).isEmpty();
  }

  @Test
  void aResourceThatNoDocumentChangedIsServedAsItWasBefore() {
    String first = publish("1");
    String second = publish("2");
    assertThat(quarantine.refuse(KEY, first, "no longer")).isFalse();
    assertThat(quarantine.refuse(KEY, second, "too large")).isTrue();
    assertThat(publish("2")).isEqualTo(first);
    assertThat(publish("3")).isNotEqualTo(first);
    assertThat(publish("2")).isEqualTo(second);
  }

  /** Publishes the resource with this content; returns the version that is served. */
  private String publish(String content) {
    Resource resource =
        Resource.of(
            KEY,
            RouteConfiguration.newBuilder().setName("web").addInternalOnlyHeaders(content).build(),
            ImmutableSet.copyOf(shaping),
            ImmutableSet.of());
    Snapshot next = Snapshot.of(GROUP, quarantine.filter(List.of(resource)));
    String version = java.util.Objects.requireNonNull(next.get(KEY)).version();
    boolean differs =
        published == null
            || !version.equals(java.util.Objects.requireNonNull(published.get(KEY)).version());
    quarantine.published(
        published, next, differs ? List.of(KEY) : List.of(), changed, store.policies());
    published = next;
    changed.clear();
    return version;
  }

  private RawDocument write(String name) {
    index++;
    var raw =
        new RawDocument(
            Source.KV,
            "convoy/service-defaults/" + name,
            id(name),
            "MaxInboundConnections: " + index,
            1,
            index);
    store.apply(Source.KV, List.of(raw), List.of());
    shaping.add(id(name));
    changed.add(id(name));
    return raw;
  }

  private static DocumentId id(String name) {
    return new DocumentId("service-defaults", name);
  }
}
