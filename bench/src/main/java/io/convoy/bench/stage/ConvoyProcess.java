package io.convoy.bench.stage;

import com.google.common.base.Splitter;
import io.convoy.bench.measure.ProcessUsage;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.ChildProcess;
import io.convoy.cli.local.Logs;
import io.convoy.cli.local.Wait;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A real {@code convoy serve}. */
public final class ConvoyProcess implements ControlPlane {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final ChildProcess child;
  private final Duration timeToReady;
  private final int xdsPort;
  private final int adminPort;
  private final Path recording;

  private ConvoyProcess(ChildProcess child, Duration timeToReady, String ready, Path recording) {
    this.child = child;
    this.timeToReady = timeToReady;
    this.recording = recording;
    List<String> words = Splitter.on(' ').splitToList(ready);
    this.xdsPort = port(words.get(1));
    this.adminPort = port(words.get(2));
  }

  private static final String RECORDING = "convoy.jfr";

  static ConvoyProcess start(String consulUrl, List<String> flags, boolean recorded, Path folder) {
    String recording =
        recorded
            ? " -Xlog:jfr+startup=off -XX:StartFlightRecording:settings=none,filename="
                + folder.resolve(RECORDING)
            : "";
    String options =
        java.util.Objects.requireNonNullElse(System.getenv("CONVOY_JAVA_OPTS"), "") + recording;
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("CONVOY_JAVA_OPTS=" + options.strip(), "CONVOY_SKIP_BUILD=true"));
    arguments.addAll(List.of(launcher().toString(), "serve"));
    arguments.addAll(List.of("--consul", consulUrl, "--xds-port", "0", "--admin-port", "0"));
    arguments.addAll(flags);
    long start = System.nanoTime();
    ChildProcess child = ChildProcess.start("convoy", "env", arguments, folder);
    Wait.until(START_LIMIT, () -> ready(child).isPresent() || !child.isAlive());
    Duration timeToReady = Duration.ofNanos(System.nanoTime() - start);
    return ready(child)
        .map(line -> new ConvoyProcess(child, timeToReady, line, folder.resolve(RECORDING)))
        .orElseThrow(() -> {
          child.kill();
          return new FailedException("Convoy did not start:\n" + Logs.tail(child.err()));
        });
  }

  /** Beside Convoy's classes, or its jar file; it becomes the process that it starts. */
  private static Path launcher() {
    Path built = Path.of("control-plane", "target");
    return Splitter.on(File.pathSeparatorChar)
        .splitToStream(System.getProperty("java.class.path"))
        .map(entry -> Path.of(entry).toAbsolutePath().getParent())
        .filter(folder -> folder.endsWith(built))
        .map(folder -> folder.resolve("../../convoy").normalize())
        .findFirst()
        .orElseThrow();
  }

  private static Optional<String> ready(ChildProcess child) {
    String text = Logs.read(child.out());
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> line.startsWith("READY "))
        .findFirst();
  }

  private static int port(String word) {
    return Integer.parseInt(word.substring(word.lastIndexOf(':') + 1));
  }

  /** From the start of the process to its line {@code READY}, in steps of 10 ms. */
  public Duration timeToReady() {
    return timeToReady;
  }

  @Override
  public int xdsPort() {
    return xdsPort;
  }

  public long pid() {
    return child.pid();
  }

  @Override
  public ProcessUsage usage() {
    return ProcessUsage.of(child.pid());
  }

  @Override
  public long heap() {
    try {
      String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
      int code =
          new ProcessBuilder(jcmd, Long.toString(pid()), "GC.run")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (code != 0) {
        throw new FailedException("jcmd GC.run ended with exit code " + code);
      }
      return (long) metric("jvm_memory_used_bytes", "area=\"heap\"");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted");
    }
  }

  @Override
  public long refused() {
    return (long) metric("convoy_xds_nacks_total", "");
  }

  /** The sum of a metric's series that have the label; empty stands for all. */
  public double metric(String name, String label) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/metrics")).build();
      return client
          .send(request, BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
          .filter(line -> line.contains(label))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted");
    }
  }

  /** What its flight recorder holds of Convoy's own events; to be read when it is closed. */
  public Path recording() {
    return recording;
  }

  @Override
  public void close() {
    child.terminate();
  }
}
