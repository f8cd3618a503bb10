package io.convoy.cli.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** An Envoy of one's own. Not thread-safe; what it returns may be used from any thread. */
public final class EnvoyProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration VALIDATE_LIMIT = Duration.ofSeconds(60);

  private final Child child;
  private final String adminUrl;

  private EnvoyProcess(Child child, String adminUrl) {
    this.child = child;
    this.adminUrl = adminUrl;
  }

  /**
   * Starts an Envoy with one worker and returns when its admin endpoint is bound: it may still wait
   * for its first resources then. Throws {@link IllegalStateException} with the end of its log
   * where that fails.
   *
   * @param folder an existing folder of its own
   * @param bootstrap YAML; its admin port may be 0
   */
  public static EnvoyProcess start(Launcher launcher, Path folder, String bootstrap) {
    Path admin = folder.resolve("admin-address");
    try {
      Files.deleteIfExists(admin);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Child child =
        launcher.start(
            Program.ENVOY,
            List.of(
                "-c",
                write(folder, bootstrap),
                // Several Envoys on one machine would meet in one shared-memory region otherwise.
                "--use-dynamic-base-id",
                "--concurrency",
                "1",
                // The access log is for looking at while it is written.
                "--file-flush-interval-msec",
                "50",
                "--admin-address-path",
                admin.toString()),
            folder);
    Wait.until(START_LIMIT, () -> !Logs.read(admin).isBlank() || !child.isAlive());
    String address = Logs.read(admin).strip();
    if (address.isEmpty() || !child.isAlive()) {
      child.kill();
      throw new IllegalStateException("Envoy did not start:\n" + Logs.tail(child.err()));
    }
    return new EnvoyProcess(child, "http://" + address);
  }

  /**
   * What {@code envoy --mode validate} says of a bootstrap.
   *
   * @param accepted whether its exit code was 0
   * @param output all that it printed, warnings about deprecated fields among it
   */
  public record Validation(boolean accepted, String output) {}

  /** Has Envoy read a bootstrap, YAML or JSON, without starting. */
  public static Validation validate(Launcher launcher, Path folder, String bootstrap) {
    Child child =
        launcher.start(
            Program.ENVOY,
            List.of(
                "--mode",
                "validate",
                "--use-dynamic-base-id",
                "--log-level",
                "warning",
                "-c",
                write(folder, bootstrap)),
            folder);
    OptionalInt exitCode = child.waitFor(VALIDATE_LIMIT);
    if (exitCode.isEmpty()) {
      child.kill();
      throw new IllegalStateException("envoy --mode validate did not end");
    }
    return new Validation(
        exitCode.getAsInt() == 0, Logs.read(child.err()) + Logs.read(child.out()));
  }

  /** Where its admin endpoint answers, without a slash at the end. */
  public String adminUrl() {
    return adminUrl;
  }

  public Child child() {
    return child;
  }

  /** What it has logged. */
  public String log() {
    return Logs.read(child.err());
  }

  /** Its standard output: the access log. */
  public String accessLog() {
    return Logs.read(child.out());
  }

  @Override
  public void close() {
    child.kill();
  }

  private static String write(Path folder, String bootstrap) {
    try {
      // Envoy tells YAML from other formats by the file's name; JSON is YAML.
      return Files.writeString(folder.resolve("bootstrap.yaml"), bootstrap).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
