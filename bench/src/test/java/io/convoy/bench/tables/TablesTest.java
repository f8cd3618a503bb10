package io.convoy.bench.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.bench.measure.Progress;
import io.convoy.cli.FailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With shells in place of benchmarks: a command's flags are what the shell runs. */
class TablesTest {
  private static final String PAGE =
      """
      <!-- bench good echo
           plot good: a -->
      old good
      <!-- /bench -->
      <!-- bench bad exit 1 -->
      old bad
      <!-- /bench -->
      <!-- bench slow sleep 60 -->
      old slow
      <!-- /bench -->
      """;

  @TempDir private Path folder;
  private Path page;

  @BeforeEach
  void write() throws IOException {
    page = Files.writeString(folder.resolve("page.md"), PAGE);
  }

  private Tables tables(Duration limit) {
    return new Tables(
        page,
        page,
        command ->
            List.of(
                "sh",
                "-c",
                String.join(" ", command.subList(1, command.size()))
                    .replace("echo", "printf '| x | y |\\n|---|---|\\n| a | 1 |\\n'")),
        limit,
        new Progress());
  }

  @Test
  void oneThatFailsOrIsSlowLeavesItsBlockAndTheOthersGoOn() throws Exception {
    List<String> failed = tables(Duration.ofSeconds(2)).run(false, "");
    assertThat(failed).hasSize(2);
    assertThat(failed.getFirst()).contains("bad exit 1").contains("exit code 1");
    assertThat(failed.getLast()).contains("longer than");
    assertThat(Files.readString(page))
        .contains("`./convoy bench good echo`, ")
        .contains("| a | 1 |\n\n![a](page/good.svg)\n\n<!-- /bench -->")
        .doesNotContain("old good")
        .contains("old bad")
        .contains("old slow");
    assertThat(folder.resolve("page/good.svg")).content().startsWith("<svg ");
  }

  @Test
  void onlyThoseThatAreAskedFor() throws Exception {
    assertThat(tables(Duration.ofSeconds(30)).run(false, "good")).isEmpty();
    assertThatThrownBy(() -> tables(Duration.ofSeconds(30)).run(false, "better"))
        .isInstanceOf(FailedException.class);
  }
}
