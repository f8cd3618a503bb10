package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Malformed;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Documents that nobody should write. {@code -Dgolden.update=true} drops those that are good by
 * now, and adds some for kinds that are new.
 */
class MalformedTest {
  private static final int AT_LEAST = 500;
  private static final int OF_A_KIND = 20;
  private static final int HANGS_AFTER_SECONDS = 60;
  private static final int TRIES = 3;
  private static final long SECOND = 1_000_000_000;
  private static final int DUMP = 100;

  @BeforeAll
  static void grow() throws IOException {
    if (Boolean.getBoolean("golden.update")) {
      List<String> lines =
          MalformedGrower.grow(Malformed.all()).stream().map(Malformed::line).toList();
      Files.write(Malformed.FILE, lines);
    }
  }

  @Test
  void thereAreManyOfEveryKind() {
    Map<String, Integer> counts = new HashMap<>();
    Malformed.all().forEach(one -> counts.merge(one.kind(), 1, Integer::sum));
    assertThat(Malformed.all()).hasSizeGreaterThanOrEqualTo(AT_LEAST);
    assertThat(counts.keySet()).isEqualTo(DocumentParser.kinds());
    assertThat(counts.values()).allMatch(count -> count >= OF_A_KIND);
  }

  @Test
  void eachIsRefusedInOneLineOfItsOwn() throws Exception {
    Set<String> problems = new HashSet<>();
    for (Malformed one : Malformed.all()) {
      String problem =
          CompletableFuture.supplyAsync(() -> MalformedGrower.parse(one))
              .get(HANGS_AFTER_SECONDS, TimeUnit.SECONDS)
              .problem()
              .orElse("");
      assertThat(problem)
          .as(one.line().substring(0, Math.min(400, one.line().length())))
          .matches("\\Q" + one.key() + "\\E:[0-9]+: \\P{Cntrl}{3,1100}");
      assertThat(problems.add(problem)).as(problem).isTrue();
      assertThat(repeatsMuch(problem.substring(one.key().length()), one.text()))
          .as(problem)
          .isFalse();
    }
  }

  /**
   * No text keeps the one thread that reads all documents for long. Counted is what the thread
   * itself worked, and of several tries the least: neither a busy machine nor a compiler that is
   * still at it makes a document slow.
   */
  @Test
  void noneTakesOverASecond() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (Malformed one : Malformed.all()) {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < TRIES && least > SECOND; i++) {
        long before = threads.getCurrentThreadCpuTime();
        var parsed = MalformedGrower.parse(one);
        least = Math.min(least, threads.getCurrentThreadCpuTime() - before);
        assertThat(parsed.problem()).isPresent();
      }
      assertThat(least).as("nanoseconds for %s", one.key()).isLessThan(SECOND);
    }
  }

  /** Most name the field; the others are about the text as a whole. */
  @Test
  void theFieldIsNamedWhereThereIsOne() {
    List<String> other =
        Malformed.all().stream()
            .map(one ->
                MalformedGrower.parse(one).problem().orElse("").substring(one.key().length()))
            .filter(problem -> !problem.matches(":[0-9]+: [A-Z]\\S*( .*)?: had .*"))
            .filter(
                problem -> !problem.matches(":[0-9]+: (is not (YAML|JSON)[:;] |is empty|had ).*"))
            .toList();
    assertThat(other).isEmpty();
  }

  /** Whether a long stretch of what a document holds is said again: it may be a secret. */
  private static boolean repeatsMuch(String problem, String text) {
    for (int i = 0; i + DUMP <= problem.length(); i++) {
      if (text.contains(problem.substring(i, i + DUMP))) {
        return true;
      }
    }
    return false;
  }
}
