package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FractionTest {

  @Test
  void weightsAreInLowestTerms() {
    assertThat(Fraction.weights(List.of(Fraction.of(90, 100), Fraction.of(10, 100))))
        .containsExactly(9, 1);
    assertThat(Fraction.weights(List.of(Fraction.of(1, 3), Fraction.of(2, 3))))
        .containsExactly(1, 2);
    assertThat(Fraction.weights(List.of(Fraction.ONE))).containsExactly(1);
  }

  @Test
  void productsAreExact() {
    Fraction half = Fraction.of(1, 2);
    assertThat(
            Fraction.weights(
                List.of(half, half.times(Fraction.of(1, 3)), half.times(Fraction.of(2, 3)))))
        .containsExactly(3, 1, 2);
  }

  @Test
  void sumsThatEnvoyCannotTakeAreRounded() {
    Fraction most = Fraction.of(Integer.MAX_VALUE - 1L, 1);
    List<Integer> weights = Fraction.weights(List.of(most, most, most, Fraction.of(1, 7)));
    assertThat(weights.stream().mapToLong(Integer::longValue).sum()).isLessThan(1L << 31);
    assertThat(weights.get(0)).isEqualTo(weights.get(1));
    assertThat(weights.get(3)).isEqualTo(1);
  }
}
