package io.convoy.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Duration BASE = Duration.ofMillis(100);
  private static final Duration CAP = Duration.ofSeconds(10);

  @Test
  void doublesUpToTheCapAndStartsAgain() {
    Backoff backoff = new Backoff(BASE, CAP, longest());
    long[] waits = new long[10];
    for (int i = 0; i < waits.length; i++) {
      waits[i] = backoff.next().toMillis();
    }
    assertThat(waits).containsExactly(100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000, 10000);
    backoff.reset();
    assertThat(backoff.next()).isEqualTo(BASE);
  }

  @Property(tries = 100)
  void isNeverNothingAndNeverMoreThanTheCap(@ForAll long seed) {
    Backoff backoff = new Backoff(BASE, CAP, new Random(seed));
    for (int i = 0; i < 100; i++) {
      assertThat(backoff.next()).isBetween(Duration.ofMillis(1), CAP);
    }
  }

  /** Always the most that is asked for. */
  private static RandomGenerator longest() {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public long nextLong(long bound) {
        return bound - 1;
      }
    };
  }
}
