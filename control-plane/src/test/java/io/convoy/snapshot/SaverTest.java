package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.convoy.fixture.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaverTest {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration SOON = Duration.ofMillis(1);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @TempDir private Path folder = Path.of("");

  @Test
  void theNewestOfManyIsSavedOnce() throws Exception {
    var saver = new Saver(new LastKnownGood(folder), NEVER, meters);
    saver.offer(() -> content(1));
    saver.offer(() -> content(2));
    saver.close();
    assertThat(new LastKnownGood(folder).load()).contains(content(2));
    assertThat(saves()).isEqualTo(1);
  }

  @Test
  void closeSavesNothingWhenNothingWaits() {
    try (var saver = new Saver(new LastKnownGood(folder), SOON, meters)) {
      saver.offer(() -> content(1));
      Await.until("it is saved", () -> saves() == 1);
    }
    assertThat(saves()).isEqualTo(1);
  }

  @Test
  void aFailureIsCountedAndTheNextChangeTriesAgain() throws Exception {
    Path occupied = Files.createFile(folder.resolve("data"));
    try (var saver = new Saver(new LastKnownGood(occupied), SOON, meters)) {
      saver.offer(() -> content(1));
      Await.until("it failed", () -> failures() == 1);
      saver.offer(() -> {
        throw new IllegalStateException("no content");
      });
      Await.until("it failed again", () -> failures() == 2);
      Files.delete(occupied);
      saver.offer(() -> content(3));
      Await.until("it is saved", () -> saves() == 1);
    }
    assertThat(new LastKnownGood(occupied).load()).contains(content(3));
  }

  private double saves() {
    return meters.get("convoy.last.known.good.saves").counter().count();
  }

  private double failures() {
    return meters.get("convoy.last.known.good.failures").counter().count();
  }

  private static LastKnownGood.Content content(long savedAt) {
    return new LastKnownGood.Content(savedAt, ImmutableList.of(), ImmutableList.of());
  }
}
