package io.convoy.bench.headline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import com.google.protobuf.ByteString;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.PolicyStore;
import io.convoy.policy.RawDocument;
import java.util.List;
import org.junit.jupiter.api.Test;

class StalenessTest {
  private static final long MILLISECOND = 1_000_000;

  private final Corpus corpus = Corpus.of(1, 2);
  private final Staleness staleness = new Staleness(corpus);

  @Test
  void theOldestWriteThatIsBroughtCountsAndOnceForTheFirstToSeeIt() {
    staleness.measure();
    staleness.accepted(1, 1, 10 * MILLISECOND);
    staleness.accepted(1, 2, 40 * MILLISECOND);
    staleness.seen(new Corpus.Mark(1, 2), 0, 110 * MILLISECOND);
    staleness.seen(new Corpus.Mark(1, 2), 1, 120 * MILLISECOND);
    assertThat(staleness.everySight.count()).isEqualTo(2);
    assertThat(staleness.everySight.millis(1)).isCloseTo(100, withPercentage(3.2));
    assertThat(staleness.everySight.millis(0.5)).isCloseTo(80, withPercentage(3.2));
    assertThat(staleness.firstSight.count()).isEqualTo(1);
    assertThat(staleness.rare.count()).isZero();
  }

  @Test
  void whatConsulHasNotAnsweredYetIsNotOld() {
    staleness.measure();
    staleness.seen(new Corpus.Mark(0, 1), 0, 10 * MILLISECOND);
    assertThat(staleness.rare.millis(1)).isLessThan(0.001);
  }

  @Test
  void aDocumentsMarkCanBeReadInItsText() {
    assertThat(Corpus.mark(corpus.text(1, 77))).contains(new Corpus.Mark(1, 77));
    assertThat(Corpus.mark(corpus.held())).isEmpty();
    assertThat(Corpus.mark(ByteString.copyFromUtf8(corpus.text(1, 77))))
        .contains(new Corpus.Mark(1, 77));
    assertThat(Corpus.mark(ByteString.copyFromUtf8(corpus.held()))).isEmpty();
    assertThat(Corpus.mark(ByteString.copyFromUtf8("bench-0"))).isEmpty();
  }

  @Test
  void everyDocumentIsAccepted() {
    String texts =
        String.join("---\n", corpus.text(0, 1), corpus.text(1, 1), corpus.held(), corpus.tokens(0));
    var store = new PolicyStore();
    store.apply(
        RawDocument.Source.FILE, DocumentParser.split("bench.yaml", texts, 0, 0), List.of());
    assertThat(store.policies().entries()).hasSize(4);
    assertThat(store.policies().entries().values()).allMatch(entry -> entry.problem().isEmpty());
  }
}
