package io.convoy.bench.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.cli.FailedException;
import io.convoy.translation.Resource;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The peer in {@code bench/peers/go-control-plane}: built when it is asked for, and fed the
 * resources that Convoy's translation makes. It translates nothing itself.
 */
final class GoControlPlane {
  private static final Path SOURCE = Path.of("bench", "peers", "go-control-plane");
  private static final Path PROGRAM = Path.of("bench", "target", "go-control-plane");

  private GoControlPlane() {}

  /** The program, built of its source as it is now. */
  static Path program() {
    Path root = root();
    Path program = root.resolve(PROGRAM);
    Process build = build(root.resolve(SOURCE), program);
    try {
      String output = new String(build.getInputStream().readAllBytes(), UTF_8);
      if (build.waitFor() != 0) {
        throw new FailedException("go-control-plane cannot be built:\n" + output.strip());
      }
      return program;
    } catch (IOException e) {
      throw new FailedException("go-control-plane cannot be built: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted");
    }
  }

  private static Process build(Path source, Path program) {
    try {
      return new ProcessBuilder("go", "build", "-o", program.toString(), ".")
          .directory(source.toFile())
          .redirectErrorStream(true)
          .start();
    } catch (IOException e) {
      throw new FailedException(
          "no Go: the peer go-control-plane is a Go program, built of %s by go 1.23 or newer on the PATH"
              .formatted(source));
    }
  }

  /** The folder of the project, from where this class is. */
  private static Path root() {
    try {
      var source = GoControlPlane.class.getProtectionDomain().getCodeSource();
      @Nullable Path folder = Path.of(source.getLocation().toURI());
      while (folder != null && !Files.isDirectory(folder.resolve(SOURCE))) {
        folder = folder.getParent();
      }
      if (folder == null) {
        throw new FailedException(
            "there is no folder %s beside the benchmarks' classes".formatted(SOURCE));
      }
      return folder;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Has the resources published, all at once. */
  static void tell(BufferedWriter commands, List<Resource> resources) throws IOException {
    for (Resource resource : resources) {
      commands.write("put " + resource.key().type().typeUrl() + " " + resource.key().name() + " ");
      byte[] content = resource.body().getValue().toByteArray();
      commands.write(Base64.getEncoder().encodeToString(content));
      commands.newLine();
    }
    commands.write("publish");
    commands.newLine();
    commands.flush();
  }
}
