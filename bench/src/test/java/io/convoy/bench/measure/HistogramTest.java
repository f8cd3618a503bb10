package io.convoy.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void sharesAreRightToWithinThreePercent() {
    var histogram = new Histogram();
    LongStream.rangeClosed(1, 10_000).forEach(i -> histogram.add(i * 50_000));
    assertThat(histogram.count()).isEqualTo(10_000);
    assertThat(histogram.millis(0.5)).isCloseTo(250, withPercentage(3.2));
    assertThat(histogram.millis(0.99)).isCloseTo(495, withPercentage(3.2));
    assertThat(histogram.millis(1)).isCloseTo(500, withPercentage(3.2));
  }

  @Test
  void nothingIsNotZeroAndTheExtremesHaveAPlace() {
    var histogram = new Histogram();
    assertThat(histogram.millis(0.5)).isNaN();
    histogram.add(-1);
    histogram.add(0);
    assertThat(histogram.millis(1)).isLessThan(0.001);
    histogram.add(Long.MAX_VALUE / 2);
    assertThat(histogram.millis(1)).isGreaterThan(1e12);
  }
}
