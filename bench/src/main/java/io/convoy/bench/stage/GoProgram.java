package io.convoy.bench.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.cli.FailedException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The programs in {@code bench/peers}, each built when it is asked for. */
public final class GoProgram {
  private static final Path SOURCES = Path.of("bench", "peers");
  private static final Path PROGRAMS = Path.of("bench", "target", "peers");

  private GoProgram() {}

  /**
   * Builds a program of its source as it is now, and returns where it is. Throws {@link
   * FailedException} where that fails.
   *
   * @param module the folder in {@code bench/peers}
   * @param folder in the module; {@code .} is the module's own
   */
  public static Path build(String module, String folder) {
    Path root = root();
    Path program =
        root.resolve(PROGRAMS).resolve(folder.equals(".") ? module : module + "-" + folder);
    Process build = start(root.resolve(SOURCES).resolve(module), folder, program);
    try {
      String output = new String(build.getInputStream().readAllBytes(), UTF_8);
      if (build.waitFor() != 0) {
        throw new FailedException(module + " cannot be built:\n" + output.strip());
      }
      return program;
    } catch (IOException e) {
      throw new FailedException(module + " cannot be built: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted");
    }
  }

  private static Process start(Path source, String folder, Path program) {
    try {
      return new ProcessBuilder("go", "build", "-o", program.toString(), "./" + folder)
          .directory(source.toFile())
          .redirectErrorStream(true)
          .start();
    } catch (IOException e) {
      throw new FailedException(
          "no Go: the peer is a Go program, built of %s by go 1.23 or newer on the PATH"
              .formatted(source));
    }
  }

  /** The folder of the project, from where this class is. */
  public static Path root() {
    try {
      var source = GoProgram.class.getProtectionDomain().getCodeSource();
      @Nullable Path folder = Path.of(source.getLocation().toURI());
      while (folder != null && !Files.isDirectory(folder.resolve(SOURCES))) {
        folder = folder.getParent();
      }
      if (folder == null) {
        throw new FailedException(
            "there is no folder %s beside the benchmarks' classes".formatted(SOURCES));
      }
      return folder;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
