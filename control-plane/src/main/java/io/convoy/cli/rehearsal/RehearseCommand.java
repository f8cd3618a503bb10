package io.convoy.cli.rehearsal;

import io.convoy.cli.FailedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Starts to serve from a pretended Consul and ends when it is ready. Java's AOT cache is recorded
 * meanwhile (JEP 483, 514). To be run by the launcher.
 *
 * <p>No Envoy comes: what only Envoys need would make the cache, all of which is resident, half as
 * large again.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Starts to serve from a pretended Consul, to record Java's AOT cache.")
public final class RehearseCommand implements Callable<Integer> {
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (PretendedConsul consul = PretendedConsul.start()) {
      serve(consul.url());
    }
    return ExitCode.OK;
  }

  /** Returns when it is ready. */
  private void serve(String consul) throws InterruptedException {
    PrintStream before = System.out;
    var said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      CommandLine commands = spec.root().commandLine();
      String[] words = {
        "serve",
        "--consul",
        consul,
        "--bind",
        "127.0.0.1",
        "--xds-port",
        "0",
        "--admin-port",
        "0",
        "--policy-min-apply-interval",
        "0s",
        "--mutual-tls",
        "off"
      };
      Thread.ofPlatform().daemon().name("rehearsal").start(() -> commands.execute(words));
      long end = System.nanoTime() + READY_LIMIT.toNanos();
      while (System.nanoTime() < end) {
        if (said.toString(StandardCharsets.UTF_8).lines().anyMatch(l -> l.startsWith("READY "))) {
          return;
        }
        Thread.sleep(10);
      }
    } finally {
      System.setOut(before);
    }
    throw new FailedException("the rehearsal is not ready: its Consul lacks what Convoy asks for");
  }
}
