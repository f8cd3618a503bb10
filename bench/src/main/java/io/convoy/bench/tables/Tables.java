package io.convoy.bench.tables;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.convoy.bench.measure.Progress;
import io.convoy.cli.FailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Runs the benchmarks that a page names, one after the other, and puts what they print into it.
 * What is measured is kept when a later one fails. Confined to one thread.
 */
public final class Tables {
  private final Path page;
  private final Path result;
  private final Function<List<String>, List<String>> program;
  private final Duration limit;
  private final Progress progress;

  /**
   * What to do.
   *
   * @param page that is read
   * @param result that is written, with the plots in a folder of its name; may be the page
   * @param program what runs a benchmark, by its name and flags
   * @param limit of each benchmark
   */
  public Tables(
      Path page,
      Path result,
      Function<List<String>, List<String>> program,
      Duration limit,
      Progress progress) {
    this.page = page;
    this.result = result;
    this.program = program;
    this.limit = limit;
    this.progress = progress;
  }

  /**
   * Runs the benchmarks.
   *
   * @param quickly with the flags of each that are for trying it
   * @param only those whose command begins so; empty for all
   * @return a sentence for each that failed, whose block is as it was
   */
  public ImmutableList<String> run(boolean quickly, String only) throws InterruptedException {
    try {
      String text = Files.readString(page);
      List<Block> blocks =
          Block.of(text).stream()
              .filter(block -> String.join(" ", block.command()).startsWith(only))
              .toList();
      check(text, blocks);
      List<String> failed = new ArrayList<>();
      for (int i = 0; i < blocks.size(); i++) {
        List<String> command = blocks.get(i).command(quickly);
        progress.line("%d of %d: %s", i + 1, blocks.size(), String.join(" ", command));
        try {
          text = blocks.get(i).replace(text, measured(blocks.get(i), command));
          write(result, text);
        } catch (FailedException | IllegalArgumentException e) {
          failed.add(String.join(" ", command) + ": " + e.getMessage());
          progress.line("FAILED: %s", failed.getLast());
        }
      }
      return ImmutableList.copyOf(failed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check(String text, List<Block> blocks) {
    if (blocks.isEmpty()) {
      throw new FailedException(page + " has no such benchmark");
    }
    for (Block block : blocks) {
      if (!block.isUniqueIn(text)) {
        throw new FailedException(page + " has twice: " + block.head().strip());
      }
    }
  }

  /** What comes into the block. */
  private String measured(Block block, List<String> command)
      throws IOException, InterruptedException {
    String before = load();
    String output = output(command).strip();
    String text =
        "`./convoy bench %s`, %s, load %s before and %s after:%n%n%s"
            .formatted(
                String.join(" ", command), LocalDate.now(ZoneOffset.UTC), before, load(), output);
    return block.plot().map(wish -> text + "\n\n" + plot(wish, output)).orElse(text);
  }

  /** Draws and returns what shows it. */
  private String plot(Block.PlotWish wish, String output) {
    Table table =
        Table.last(output).orElseThrow(() -> new FailedException("there is no table to plot"));
    String folder = result.getFileName().toString().replaceFirst("\\.md$", "");
    Path file = result.resolveSibling(folder).resolve(wish.name() + ".svg");
    write(file, Plot.of(table, wish.rows()));
    return "![%s](%s/%s.svg)".formatted(String.join("; ", wish.rows()), folder, wish.name());
  }

  private String output(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("convoy-bench-", ".md");
    try {
      Process process =
          new ProcessBuilder(program.apply(command))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .redirectOutput(out.toFile())
              .start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroy(); // so that it ends what it has started
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
        throw new FailedException("it took longer than " + limit);
      }
      if (process.exitValue() != 0) {
        throw new FailedException("it ended with exit code " + process.exitValue());
      }
      return Files.readString(out);
    } finally {
      Files.delete(out);
    }
  }

  private static String load() throws IOException {
    return Splitter.on(' ').splitToList(Files.readString(Path.of("/proc/loadavg"))).getFirst();
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
