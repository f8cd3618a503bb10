package io.convoy.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void percentilesAreValuesThatWereSeen() {
    Latencies latencies = new Latencies();
    for (int i = 200; i >= 1; i--) {
      latencies.add(i * 1_000_000L);
    }
    assertThat(latencies.count()).isEqualTo(200);
    assertThat(latencies.millis(0)).isEqualTo(1);
    assertThat(latencies.millis(0.5)).isEqualTo(100);
    assertThat(latencies.millis(0.99)).isEqualTo(198);
    assertThat(latencies.millis(1)).isEqualTo(200);
  }

  @Test
  void nothingMeasuredIsNoFigure() {
    assertThat(new Latencies().millis(0.5)).isNaN();
  }

  @Test
  void spreadOfRuns() {
    assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(1, 2, 3));
    assertThat(Spread.of(List.of(4.0, 1.0))).isEqualTo(new Spread(1, 2.5, 4));
  }
}
