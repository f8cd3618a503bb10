package io.convoy.bench;

import io.convoy.bench.measure.Progress;
import io.convoy.bench.stage.GoProgram;
import io.convoy.bench.tables.Tables;
import io.convoy.cli.FailedException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** All benchmarks of the documentation, whose tables and plots they make. */
@Command(
    name = "all",
    description = {
      "Runs the benchmarks that docs/benchmarks.md names in its comments, and writes what they print",
      "into it, with plots in docs/benchmarks. One that fails leaves its table as it was."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class AllCommand implements Callable<Integer> {
  private static final Path PAGE = Path.of("docs", "benchmarks.md");
  private static final Path TRIED = Path.of("bench", "target", "benchmarks.md");

  @Option(
      names = "--quick",
      description =
          "With small sizes, to see that everything works; into bench/target/benchmarks.md.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "WORDS",
      description = "Those whose command begins so, such as \"headline --vs\".")
  private String only = "";

  @Option(
      names = "--limit",
      paramLabel = "DURATION",
      description = "Of each benchmark (default: 15m).")
  private Duration limit = Duration.ofMinutes(15);

  @Option(names = "--output", paramLabel = "FILE", description = "Where the page goes instead.")
  private @Nullable Path output;

  @Override
  public Integer call() throws InterruptedException {
    Path root = GoProgram.root();
    Path page = root.resolve(PAGE);
    Path result = Objects.requireNonNullElse(output, quick ? root.resolve(TRIED) : page);
    List<String> failed =
        new Tables(page, result, AllCommand::program, limit, new Progress()).run(quick, only);
    System.out.println(result);
    if (!failed.isEmpty()) {
      throw new FailedException(String.join("\n", failed));
    }
    return 0;
  }

  /** A process of its own for each: nothing of one is measured with another. */
  private static List<String> program(List<String> benchmark) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(benchmark);
    return command;
  }
}
