package io.convoy.bench.server;

import com.google.common.base.Splitter;
import io.convoy.bench.measure.ProcessUsage;
import io.convoy.bench.workload.Churn;
import io.convoy.cli.FailedException;
import io.convoy.translation.Resource;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server that is measured, seen from outside. Its process ends with this one. */
public final class ServerProcess implements AutoCloseable {
  private final Engine.Kind engine;
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;
  private final int port;

  private ServerProcess(Engine.Kind engine, Process process) {
    this.engine = engine;
    this.process = process;
    this.commands = process.outputWriter();
    this.answers = process.inputReader();
    this.port = Integer.parseInt(answer("READY"));
  }

  /**
   * Starts a server, a Java one with the flags that this JVM was started with; returns when it
   * serves.
   *
   * @param resources what the workload comes to, for a peer that does not translate
   */
  public static ServerProcess start(
      Engine.Kind engine, Churn workload, int streams, List<Resource> resources) {
    try {
      if (!engine.translates()) {
        Process process = running(List.of(GoControlPlane.program().toString()));
        GoControlPlane.tell(process.outputWriter(), resources);
        return new ServerProcess(engine, process);
      }
      return new ServerProcess(engine, running(java(engine, workload, streams)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> java(Engine.Kind engine, Churn workload, int streams) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.convoy.bench.Main"));
    command.addAll(List.of("server", "--engine", engine.toString()));
    command.addAll(List.of("--services", Integer.toString(workload.services())));
    command.addAll(List.of("--instances", Integer.toString(workload.instances())));
    command.addAll(List.of("--streams", Integer.toString(streams)));
    return command;
  }

  private static Process running(List<String> command) throws IOException {
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    // A log of every response, or of every one that is refused, would be measured too.
    builder.environment().putIfAbsent("CONVOY_LOG_LEVEL", "ERROR");
    return builder.start();
  }

  public int port() {
    return port;
  }

  public ProcessUsage usage() {
    return ProcessUsage.of(process.pid());
  }

  /**
   * Has the workload's change made; {@link #changed} waits until the server has taken it over.
   *
   * @param resources what it comes to, for a peer that does not translate
   */
  public void change(int number, List<Resource> resources) {
    if (engine.translates()) {
      tell("change " + number);
      return;
    }
    try {
      GoControlPlane.tell(commands, resources);
    } catch (IOException e) {
      throw new FailedException("the server has ended: " + e.getMessage());
    }
  }

  public void changed() {
    answer("OK");
  }

  /** Bytes of live objects. */
  public long heap() {
    tell("heap");
    return Long.parseLong(answer("HEAP"));
  }

  private void tell(String command) {
    try {
      commands.write(command);
      commands.newLine();
      commands.flush();
    } catch (IOException e) {
      throw new FailedException("the server has ended: " + e.getMessage());
    }
  }

  /** The rest of the next line, which must begin with the word. */
  private String answer(String word) {
    try {
      String line = answers.readLine();
      if (line == null || !Splitter.on(' ').splitToList(line).getFirst().equals(word)) {
        throw new FailedException("the server answered " + line + ", expected " + word);
      }
      return line.substring(word.length()).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      commands.close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
