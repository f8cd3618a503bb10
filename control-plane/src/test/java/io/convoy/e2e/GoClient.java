package io.convoy.e2e;

import io.convoy.cli.local.ChildProcess;
import io.convoy.cli.local.Wait;
import io.convoy.fixture.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The gRPC client of {@code src/test/go}, as a process. */
final class GoClient implements AutoCloseable {
  private static final Path SOURCE = Path.of("src/test/go/grpc-client").toAbsolutePath();
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(5);

  private final ChildProcess process;

  private GoClient(ChildProcess process) {
    this.process = process;
  }

  /** Whether {@code go} is on the PATH. */
  static boolean canBuild() {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "go")));
  }

  /** Builds it, which is quick when nothing changed, and starts it. */
  static GoClient start(String target, Path xdsBootstrap) {
    Path folder = Folders.create("go-client");
    Path binary = folder.resolve("grpc-client");
    run(
        "build",
        "go",
        List.of("build", "-C", SOURCE.toString(), "-o", binary.toString(), "."),
        folder);
    return new GoClient(
        ChildProcess.start(
            "client",
            "env",
            List.of("GRPC_XDS_BOOTSTRAP=" + xdsBootstrap, binary.toString(), target),
            folder));
  }

  private static void run(String name, String binary, List<String> arguments, Path folder) {
    ChildProcess build = ChildProcess.start(name, binary, arguments, folder);
    Wait.until(BUILD_LIMIT, () -> !build.isAlive());
    if (build.waitFor(Duration.ofSeconds(1)).orElse(1) != 0) {
      build.kill();
      throw new IllegalStateException("go build: " + read(build.err()));
    }
  }

  /** What it printed: a line for each request. */
  List<String> lines() {
    return read(process.out()).lines().toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.kill();
  }
}
