package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.DocumentParser.Parsed;
import io.convoy.policy.RawDocument.Source;

/** Documents for tests, and what becomes of them. */
final class Documents {
  private Documents() {}

  static RawDocument kv(String kind, String name, String text) {
    return raw(Source.KV, kind, name, text, 1);
  }

  static RawDocument entry(String kind, String name, String text) {
    return raw(Source.CONFIG_ENTRY, kind, name, text, 1);
  }

  static RawDocument raw(Source source, String kind, String name, String text, long modifyIndex) {
    String location =
        (source == Source.CONFIG_ENTRY ? "/v1/config/" : "convoy/") + kind + "/" + name;
    return new RawDocument(source, location, new DocumentId(kind, name), text, 1, modifyIndex);
  }

  /** The document, which must be accepted without a warning. */
  static <T extends Document> T accepted(Class<T> type, RawDocument raw) {
    Parsed parsed = DocumentParser.parse(raw);
    assertThat(parsed.problem()).as("problem of %s", raw.id()).isEmpty();
    assertThat(parsed.warnings()).as("warnings of %s", raw.id()).isEmpty();
    return type.cast(parsed.document().orElseThrow());
  }

  /** The document, which must be accepted with these warnings. */
  static Document warned(RawDocument raw, String... warnings) {
    Parsed parsed = DocumentParser.parse(raw);
    assertThat(parsed.problem()).as("problem of %s", raw.id()).isEmpty();
    assertThat(parsed.warnings()).containsExactly(warnings);
    return parsed.document().orElseThrow();
  }

  /** Why the document, which must be refused, is. */
  static String refused(RawDocument raw) {
    Parsed parsed = DocumentParser.parse(raw);
    assertThat(parsed.document()).as("document of %s", raw.text()).isEmpty();
    String problem = parsed.problem().orElseThrow();
    assertThat(problem).doesNotContain("\n");
    return problem;
  }

  static ImmutableList<Parsed> file(String text) {
    return DocumentParser.parseAll("shop.yaml", text);
  }
}
