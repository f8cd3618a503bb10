package io.convoy.bench;

import io.convoy.bench.headline.Headline;
import io.convoy.bench.measure.Progress;
import io.convoy.cli.FailedException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Policies that change thousands of times a second, and who holds what in the end. */
@Command(
    name = "headline",
    description = {
      "Changes limits in a real Consul all the time, before a real Convoy, two real Envoys under",
      "traffic and many simulated ones. Fails when anything is lost, refused or answered wrongly."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class HeadlineCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--rate", paramLabel = "N", description = "Changes a second (default: 5000)")
  private int rate = 5_000;

  @Option(names = "--seconds", paramLabel = "N", description = "(default: 60)")
  private int seconds = 60;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "Seconds of changes before those that count (default: 10)")
  private int warmUp = 10;

  @Option(names = "--services", paramLabel = "N", description = "(default: 10)")
  private int services = 10;

  @Option(names = "--providers", paramLabel = "N", description = "(default: 30)")
  private int providers = 30;

  @Option(
      names = "--streams",
      paramLabel = "N",
      description =
          "Simulated Envoys, every other one in the state of the world; every tenth loses its stream"
              + " every five seconds (default: 100)")
  private int streams = 100;

  @Option(names = "--requests", paramLabel = "N", description = "Requests a second (default: 100)")
  private int requests = 100;

  @Option(
      names = "--envoys",
      paramLabel = "N",
      description = "Real Envoys, with requests through them: at most 2 (default: 2)")
  private int envoys = 2;

  @Option(
      names = "--policy-min-apply-interval",
      paramLabel = "TIME",
      description = "Of Convoy (default: 1s)")
  private String interval = "1s";

  @Override
  public Integer call() throws InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    Flags.positive(command, "--rate", rate);
    Flags.positive(command, "--seconds", seconds);
    Flags.positive(command, "--services", services);
    Flags.positive(command, "--providers", providers);
    Flags.positive(command, "--streams", streams);
    Flags.positive(command, "--requests", requests);
    if (envoys < 0 || envoys > 2) {
      throw new ParameterException(command.commandLine(), "--envoys: expected 0, 1 or 2");
    }
    var size =
        new Headline.Size(
            services,
            providers,
            streams,
            envoys,
            rate,
            requests,
            Duration.ofSeconds(warmUp),
            Duration.ofSeconds(seconds),
            interval);
    var broken = new Headline(size, new Progress()).run();
    if (!broken.isEmpty()) {
      throw new FailedException(String.join("\n", broken));
    }
    return 0;
  }
}
