package io.convoy.bench.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.bench.Main;
import io.convoy.bench.stage.GoProgram;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The page says what can be run. */
class BenchmarksPageTest {
  @Test
  void everyBlockIsACommandThatThereIs() throws Exception {
    String page = Files.readString(GoProgram.root().resolve("docs/benchmarks.md"));
    List<Block> blocks = Block.of(page);
    assertThat(page.lines().filter(line -> line.startsWith("<!-- bench ")).count())
        .isEqualTo(blocks.size())
        .isPositive();
    for (Block block : blocks) {
      assertThat(block.isUniqueIn(page)).as(block.head()).isTrue();
      for (boolean quickly : new boolean[] {true, false}) {
        String[] words = block.command(quickly).toArray(String[]::new);
        var commands = new CommandLine(new Main());
        commands.registerConverter(Duration.class, text -> Duration.ZERO);
        var parsed = commands.parseArgs(words);
        assertThat(parsed.hasSubcommand()).as(block.head()).isTrue();
      }
    }
    assertThat(blocks.stream().flatMap(block -> block.plot().stream()).map(Block.PlotWish::name))
        .doesNotHaveDuplicates();
  }
}
