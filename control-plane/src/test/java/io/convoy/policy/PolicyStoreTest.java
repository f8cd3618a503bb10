package io.convoy.policy;

import static io.convoy.policy.Documents.raw;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.policy.RawDocument.Source;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicyStoreTest {
  private static final DocumentId USER = new DocumentId("service-defaults", "user");

  private final PolicyStore store = new PolicyStore();

  @Test
  void documentsComeChangeAndGo() {
    assertThat(store.policies()).isSameAs(Policies.EMPTY);
    assertThat(apply(user(Source.KV, "Protocol: grpc", 1))).containsExactly(USER);
    assertThat(protocol()).contains(ServiceDefaults.Protocol.GRPC);
    assertThat(apply(user(Source.KV, "Protocol: tcp", 2))).containsExactly(USER);
    assertThat(protocol()).contains(ServiceDefaults.Protocol.TCP);
    assertThat(remove(Source.KV, USER)).containsExactly(USER);
    assertThat(store.policies().entries()).isEmpty();
    assertThat(remove(Source.KV, USER)).isEmpty();
  }

  @Test
  void whatDoesNotChangeStaysTheSameObject() {
    apply(user(Source.KV, "Protocol: grpc", 1));
    Policies before = store.policies();
    assertThat(store.policies()).isSameAs(before);
    assertThat(apply(user(Source.KV, "Protocol: grpc", 1))).isEmpty();
    assertThat(store.policies()).isSameAs(before);

    Document document = before.find(ServiceDefaults.class, USER).orElseThrow();
    assertThat(apply(user(Source.KV, "Protocol: grpc", 2))).containsExactly(USER);
    assertThat(entry().raw().modifyIndex()).isEqualTo(2);
    assertThat(entry().document().orElseThrow()).isSameAs(document);
    apply(user(Source.KV, "Protocol: grpc # as ever", 3));
    assertThat(entry().document().orElseThrow()).isSameAs(document);
  }

  @Test
  void aRefusedDocumentLeavesItsLastGoodVersion() {
    apply(user(Source.KV, "Protocol: grpc", 1));
    apply(user(Source.KV, "Protocol: nonsense", 2));
    assertThat(protocol()).contains(ServiceDefaults.Protocol.GRPC);
    assertThat(entry().raw().text()).isEqualTo("Protocol: nonsense");
    Condition refused = entry().accepted();
    assertThat(refused.status()).isFalse();
    assertThat(refused.reason()).isEqualTo(Condition.Reason.INVALID);
    assertThat(refused.message())
        .contains("Protocol: had \"nonsense\"")
        .endsWith("; the last good version stays in force");
    apply(user(Source.KV, "[", 3));
    assertThat(protocol()).contains(ServiceDefaults.Protocol.GRPC);
    apply(user(Source.KV, "Protocol: http", 4));
    assertThat(protocol()).contains(ServiceDefaults.Protocol.HTTP);
    assertThat(entry().accepted())
        .isEqualTo(new Condition(Condition.Type.ACCEPTED, true, Condition.Reason.ACCEPTED, ""));
    remove(Source.KV, USER);
    apply(user(Source.KV, "Protocol: nonsense", 5));
    assertThat(protocol()).isEmpty();
  }

  @Test
  void aDocumentThatWasNeverGoodIsShownAndHasNoDocument() {
    var unknown = raw(Source.KV, "security-rules", "order", "x: y", 1);
    apply(user(Source.KV, "[", 1), unknown);
    assertThat(entry().document()).isEmpty();
    assertThat(entry().accepted().message()).doesNotContain("in force");
    assertThat(
            Objects.requireNonNull(store.policies().entries().get(unknown.id()))
                .accepted()
                .reason())
        .isEqualTo(Condition.Reason.UNKNOWN_KIND);
  }

  @Test
  void kvWinsOverFileWinsOverConfigEntry() {
    apply(user(Source.CONFIG_ENTRY, "{\"Protocol\": \"tcp\"}", 1));
    assertThat(entry().warnings()).isEmpty();
    apply(user(Source.FILE, "Protocol: http2", 1));
    assertThat(protocol()).contains(ServiceDefaults.Protocol.HTTP2);
    assertThat(apply(user(Source.KV, "Protocol: grpc", 1))).containsExactly(USER);
    assertThat(protocol()).contains(ServiceDefaults.Protocol.GRPC);
    assertThat(entry().raw().source()).isEqualTo(Source.KV);
    assertThat(entry().warnings())
        .containsExactly(
            "convoy/service-defaults/user:1: conflict: convoy/service-defaults/user:1 (file) has"
                + " the same name and is not used",
            "convoy/service-defaults/user:1: conflict: /v1/config/service-defaults/user:1"
                + " (config-entry) has the same name and is not used");
    remove(Source.KV, USER);
    assertThat(protocol()).contains(ServiceDefaults.Protocol.HTTP2);
    assertThat(entry().warnings()).hasSize(1);
    remove(Source.FILE, USER);
    assertThat(protocol()).contains(ServiceDefaults.Protocol.TCP);
    assertThat(entry().warnings()).isEmpty();
  }

  @Test
  void aWinnerThatWasNeverGoodTakesNothingAway() {
    apply(user(Source.CONFIG_ENTRY, "{\"Protocol\": \"tcp\"}", 1));
    apply(user(Source.KV, "Protocol: nonsense", 1));
    assertThat(protocol()).contains(ServiceDefaults.Protocol.TCP);
    assertThat(entry().raw().source()).isEqualTo(Source.KV);
    assertThat(entry().problem()).isPresent();
    assertThat(entry().warnings()).singleElement().asString().contains("stays in force until");
    apply(user(Source.KV, "Protocol: http", 2));
    assertThat(protocol()).contains(ServiceDefaults.Protocol.HTTP);
  }

  @Test
  void aDocumentThatIsRemovedAndWrittenInOneBatchIsNew() {
    apply(user(Source.KV, "Protocol: grpc", 1));
    store.apply(Source.KV, List.of(user(Source.KV, "Protocol: tcp", 2)), List.of(USER));
    assertThat(protocol()).contains(ServiceDefaults.Protocol.TCP);
  }

  @Test
  void sourcesAndKindsDoNotMix() {
    apply(user(Source.KV, "Protocol: grpc", 1));
    assertThat(remove(Source.FILE, USER)).isEmpty();
    apply(raw(Source.KV, "service-router", "user", "Routes: []", 1));
    assertThat(store.policies().all(ServiceDefaults.class)).hasSize(1);
    assertThat(store.policies().all(ServiceRouter.class)).hasSize(1);
    assertThat(store.policies().all(HttpRoute.class)).isEmpty();
  }

  @Test
  void messagesFollowADocumentThatMoves() {
    var first = DocumentParser.split("a.yaml", "Kind: http-route\nName: a\nX: y", 0, 0);
    var moved =
        DocumentParser.split("a.yaml", "# more\n---\nKind: http-route\nName: a\nX: y", 0, 0);
    apply(first.getFirst());
    store.apply(Source.FILE, moved, List.of());
    assertThat(entry(first.getFirst().id()).problem().orElseThrow()).startsWith("a.yaml:5: X:");
  }

  @Test
  void onlyWhatChangesIsTouched() {
    List<RawDocument> all =
        IntStream.range(0, 5000)
            .mapToObj(i -> raw(Source.KV, "service-defaults", "s" + i, "Protocol: http", 1))
            .toList();
    apply(all.toArray(RawDocument[]::new));
    Policies before = store.policies();
    apply(raw(Source.KV, "service-defaults", "s7", "Protocol: grpc", 2));
    Policies after = store.policies();
    after
        .entries()
        .forEach((id, entry) -> {
          if (!id.name().equals("s7")) {
            assertThat(entry).isSameAs(before.entries().get(id));
          }
        });
  }

  private Set<DocumentId> apply(RawDocument... documents) {
    return store.apply(documents[0].source(), Arrays.asList(documents), List.of());
  }

  private Set<DocumentId> remove(Source source, DocumentId id) {
    return store.apply(source, List.of(), List.of(id));
  }

  private Policies.Entry entry() {
    return entry(USER);
  }

  private Policies.Entry entry(DocumentId id) {
    return Objects.requireNonNull(store.policies().entries().get(id));
  }

  private Optional<ServiceDefaults.Protocol> protocol() {
    return store.policies().find(ServiceDefaults.class, USER).flatMap(ServiceDefaults::protocol);
  }

  private static RawDocument user(Source source, String text, long modifyIndex) {
    return raw(source, "service-defaults", "user", text, modifyIndex);
  }
}
