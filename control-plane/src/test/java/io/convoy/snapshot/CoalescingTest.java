package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.policy.RawDocument.Source;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CoalescingTest {
  private static final Event UP = new Event.Part("kv", Optional.empty());

  private static DocumentId id(String name) {
    return new DocumentId("http-route", name);
  }

  private static RawDocument document(Source source, String name, long version) {
    return new RawDocument(source, name, id(name), "text " + version, 1, version);
  }

  private static Event changed(long at, Source source, RawDocument... documents) {
    return new Event.Documents(at, source, ImmutableList.copyOf(documents), ImmutableList.of());
  }

  private static Event removed(long at, Source source, String name) {
    return new Event.Documents(at, source, ImmutableList.of(), ImmutableList.of(id(name)));
  }

  @Test
  void theNewestVersionCountsAndTheOldestTime() {
    RawDocument a2 = document(Source.KV, "a", 2);
    RawDocument b1 = document(Source.KV, "b", 1);
    var events =
        Coalescing.newest(
            List.of(
                changed(5, Source.KV, document(Source.KV, "a", 1), b1), changed(6, Source.KV, a2)));
    assertThat(events)
        .singleElement()
        .isInstanceOfSatisfying(
            Event.Documents.class,
            merged -> {
              assertThat(merged.at()).isEqualTo(5);
              assertThat(merged.changed()).containsExactlyInAnyOrder(a2, b1);
              assertThat(merged.removed()).isEmpty();
            });
  }

  @Test
  void whatIsRemovedLastIsGoneAndWhatComesBackIsThere() {
    RawDocument b2 = document(Source.KV, "b", 2);
    var events =
        Coalescing.newest(
            List.of(
                changed(1, Source.KV, document(Source.KV, "a", 1)),
                removed(2, Source.KV, "b"),
                removed(3, Source.KV, "a"),
                changed(4, Source.KV, b2)));
    assertThat(events)
        .singleElement()
        .isInstanceOfSatisfying(
            Event.Documents.class,
            merged -> {
              assertThat(merged.changed()).containsExactly(b2);
              assertThat(merged.removed()).containsExactly(id("a"));
            });
  }

  @Test
  void sourcesAndOtherEventsKeepTheirPlaces() {
    List<Event> events =
        List.of(
            changed(1, Source.KV, document(Source.KV, "a", 1)),
            UP,
            changed(2, Source.KV, document(Source.KV, "a", 2)),
            changed(3, Source.FILE, document(Source.FILE, "a", 1)),
            changed(4, Source.KV, document(Source.KV, "a", 3)),
            new Event.Stop());
    assertThat(Coalescing.newest(events)).isEqualTo(events);
  }
}
