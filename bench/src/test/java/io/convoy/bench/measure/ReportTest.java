package io.convoy.bench.measure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  @Test
  void oneSubjectHasNoRatio() {
    var report = new Report(List.of("convoy"));
    report.add("a", "convoy", 1);
    report.add("a", "convoy", 2);
    assertThat(printed(report))
        .containsExactly(
            "| min / median / max | convoy |", "|---|--:|", "| a | 1.00 / 1.50 / 2.00 |");
  }

  @Test
  void theFirstIsSetInRelationToEachOfTheOthersRunByRun() {
    var report = new Report(List.of("convoy", "gin", "envoy"));
    for (int run = 1; run <= 2; run++) {
      report.add("a", "convoy", 10 * run);
      report.add("a", "gin", 20);
      report.add("a", "envoy", 10);
    }
    assertThat(printed(report).getFirst()).endsWith("| ratio to gin | ratio to envoy |");
    assertThat(printed(report).getLast()).endsWith("| 0.500 / 0.750 / 1.00 | 1.00 / 1.50 / 2.00 |");
  }

  @Test
  void whatIsNoNumberIsLeftOut() {
    var report = new Report(List.of("convoy", "gin"));
    report.add("a", "convoy", 1);
    report.add("a", "gin", 0);
    report.add("b", "gin", Double.NaN);
    assertThat(printed(report)).contains("| a | 1.00 | 0.000 | – |", "| b | – | – | – |");
  }

  private static List<String> printed(Report report) {
    var out = new ByteArrayOutputStream();
    report.print(new PrintStream(out, true, UTF_8));
    return out.toString(UTF_8).lines().toList();
  }
}
