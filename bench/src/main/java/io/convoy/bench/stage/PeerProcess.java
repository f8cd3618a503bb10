package io.convoy.bench.stage;

import io.convoy.bench.measure.ProcessUsage;
import io.convoy.cli.FailedException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A peer of {@code bench/peers} that says {@code READY} and its port, answers each line with one,
 * and ends with its input, as with this process. Confined to one thread.
 */
public final class PeerProcess implements ControlPlane {
  private final String name;
  private final Process process;
  private final BufferedWriter commands;
  private final BufferedReader answers;
  private final int port;

  private PeerProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.commands = process.outputWriter();
    this.answers = process.inputReader();
    this.port = (int) answer("READY");
  }

  /** Starts a program; returns when it serves. Its messages go to a file of the folder. */
  static PeerProcess start(Path program, List<String> arguments, Path folder) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    String name = program.getFileName().toString();
    File messages = folder.resolve(name + ".err").toFile();
    try {
      return new PeerProcess(name, new ProcessBuilder(command).redirectError(messages).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int xdsPort() {
    return port;
  }

  @Override
  public ProcessUsage usage() {
    return ProcessUsage.of(process.pid());
  }

  @Override
  public long heap() {
    return ask("heap", "HEAP");
  }

  @Override
  public long refused() {
    return ask("refused", "REFUSED");
  }

  private long ask(String command, String word) {
    try {
      commands.write(command);
      commands.newLine();
      commands.flush();
    } catch (IOException e) {
      throw new FailedException(name + " has ended: " + e.getMessage());
    }
    return answer(word);
  }

  /** The number after the word, of the next line. */
  private long answer(String word) {
    try {
      String line = answers.readLine();
      if (line == null || !line.startsWith(word + " ")) {
        throw new FailedException(name + " answered " + line + ", expected " + word);
      }
      return Long.parseLong(line.substring(word.length()).strip());
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
