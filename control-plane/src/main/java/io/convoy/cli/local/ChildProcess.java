package io.convoy.cli.local;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A child that is a process of this machine. */
public final class ChildProcess implements Child {
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
  private static final Duration GRACE = Duration.ofSeconds(10);

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(ChildProcess::killAll, "end-children"));
  }

  private final Process process;
  private final Path out;
  private final Path err;

  private ChildProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts a binary.
   *
   * @param name of the files that hold what it writes: {@code NAME.out} and {@code NAME.err}
   * @param folder where these files are; also the working folder
   */
  public static ChildProcess start(
      String name, String binary, List<String> arguments, Path folder) {
    List<String> command = new ArrayList<>();
    command.add(binary);
    command.addAll(arguments);
    Path out = folder.resolve(name + ".out");
    Path err = folder.resolve(name + ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
              .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()));
      // What is started here is told everything by its arguments.
      builder.environment().keySet().removeIf(variable -> variable.startsWith("CONVOY_"));
      Process process = builder.start();
      RUNNING.add(process);
      return new ChildProcess(process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + binary, e);
    }
  }

  /** The process's id. */
  public long pid() {
    return process.pid();
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void terminate() {
    thaw();
    process.destroy();
    if (waitFor(GRACE).isEmpty()) {
      kill();
    }
    RUNNING.remove(process);
  }

  @Override
  public void kill() {
    process.destroyForcibly();
    waitFor(GRACE);
    RUNNING.remove(process);
  }

  @Override
  public void freeze() {
    signal("STOP");
  }

  @Override
  public void thaw() {
    signal("CONT");
  }

  @Override
  public OptionalInt waitFor(Duration limit) {
    try {
      return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)
          ? OptionalInt.of(process.exitValue())
          : OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  @Override
  public Path out() {
    return out;
  }

  @Override
  public Path err() {
    return err;
  }

  private void signal(String name) {
    // A Process that is alive keeps its pid from being given to another one.
    if (process.isAlive()) {
      try {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot signal process " + process.pid(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Ends every child at once and returns when all are gone. For the end of this JVM. */
  public static void killAll() {
    RUNNING.forEach(Process::destroyForcibly);
    RUNNING.forEach(process -> process.onExit().completeOnTimeout(process, 5, SECONDS).join());
  }
}
