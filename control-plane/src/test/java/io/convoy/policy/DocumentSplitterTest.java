package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import org.junit.jupiter.api.Test;

class DocumentSplitterTest {

  @Test
  void partsBeginWhereTheirTextDoes() {
    var parts =
        split(
            "\uFEFF# a comment\r\n\r\nKind: http-route\r\nName: a\r\n--- # b\r\nKind: http-route\r\nName: b\r\n---\r\n\r\n---\r\n# nothing\r\n");
    assertThat(parts)
        .extracting(RawDocument::id)
        .map(DocumentId::toString)
        .containsExactly("http-route/a", "http-route/b");
    assertThat(parts).extracting(RawDocument::line).containsExactly(1, 5);
    assertThat(parts).extracting(RawDocument::location).containsOnly("shop.yaml");
    assertThat(parts).extracting(RawDocument::modifyIndex).containsOnly(8L);
    for (RawDocument part : parts) {
      Documents.accepted(HttpRoute.class, part);
    }
  }

  @Test
  void aDocumentMayBeginOnTheLineOfTheDashes() {
    var parts = split("--- {Kind: http-route, Name: a}\n...\n");
    assertThat(parts).hasSize(1);
    Documents.accepted(HttpRoute.class, parts.getFirst());
  }

  @Test
  void aBrokenDocumentKeepsItsIdentity() {
    var parts = split("Kind: http-route\nName: shop # ours\nRules: [\n");
    assertThat(parts.getFirst().id()).isEqualTo(new DocumentId("http-route", "shop"));
    assertThat(Documents.refused(parts.getFirst())).startsWith("shop.yaml:").contains("not YAML");

    var json = split("{\n  \"Kind\": \"http-route\",\n  \"Name\": \"shop\",\n  \"Rules\": [}\n");
    assertThat(json.getFirst().id()).isEqualTo(new DocumentId("http-route", "shop"));
    assertThat(Documents.refused(json.getFirst())).startsWith("shop.yaml:4: is not JSON");
  }

  @Test
  void whatDoesNotSayWhatItIsIsShownByItsPlace() {
    var parts =
        split(
            "Kind: http-route\n---\nName: a\n---\nKind: 5\nName: a\n---\n- x\n---\nKind: http-route\nName: a/b\n");
    assertThat(parts)
        .extracting(RawDocument::id)
        .map(DocumentId::toString)
        .containsExactly(
            "invalid/shop.yaml:1",
            "invalid/shop.yaml:2",
            "invalid/shop.yaml:4",
            "invalid/shop.yaml:7",
            "invalid/shop.yaml:9");
    assertThat(parts)
        .extracting(Documents::refused)
        .containsExactly(
            "shop.yaml:1: Name: had nothing, expected a string",
            "shop.yaml:2: Kind: had nothing, expected a string",
            "shop.yaml:5: Kind: had 5, expected a string",
            "shop.yaml:7: had no fields, expected a document such as Kind: http-route",
            "shop.yaml:11: Name: had \"a/b\", expected 1 to 253 characters without blanks, control"
                + " characters and slashes");
  }

  @Test
  void aDocumentThatIsThereAlreadyIsRefused() {
    var parts = split("{Kind: http-route, Name: a}\n---\n{Kind: http-route, Name: a}\n");
    assertThat(parts)
        .extracting(RawDocument::id)
        .map(DocumentId::toString)
        .containsExactly("http-route/a", "invalid/shop.yaml:2");
    assertThat(Documents.refused(parts.getLast()))
        .isEqualTo("shop.yaml:2: had http-route/a once more, expected every document once");

    var other = DocumentParser.split("more.yaml", "{Kind: http-route, Name: a}", 0, 0);
    var all =
        DocumentParser.unique(
            ImmutableList.<RawDocument>builder().addAll(parts).addAll(other).build());
    assertThat(all.getLast().id().toString()).isEqualTo("invalid/more.yaml:1");
  }

  private static ImmutableList<RawDocument> split(String text) {
    return DocumentParser.split("shop.yaml", text, 7, 8);
  }
}
