package io.convoy.bench;

import static java.util.Objects.requireNonNullElse;

import io.convoy.bench.fleet.Protocol;
import io.convoy.bench.headline.Headline;
import io.convoy.bench.headline.Subject;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.cli.FailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
  // The writers and simulated Envoys are a Java program, too, and the same for all runs.
  private static final Duration CLIENTS_WARM_UP = Duration.ofSeconds(1);

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
              + " every five seconds (default: 100, with --vs 50)")
  private @Nullable Integer streams;

  @Option(
      names = "--protocol",
      description = "Of all simulated Envoys, instead of both: ${COMPLETION-CANDIDATES}")
  private @Nullable Protocol protocol;

  @Option(names = "--requests", paramLabel = "N", description = "Requests a second (default: 100)")
  private int requests = 100;

  @Option(
      names = "--envoys",
      paramLabel = "N",
      description = "Real Envoys, with requests through them: at most 2 (default: 2, with --vs 0)")
  private @Nullable Integer envoys;

  @Option(
      names = "--policy-min-apply-interval",
      paramLabel = "TIME",
      description = "Of Convoy (default: 1s, with --vs 0s)")
  private @Nullable String interval;

  @Option(
      names = "--vs",
      paramLabel = "PEER",
      description =
          "Measures a peer in alternation, without real Envoys and without a pace:"
              + " go-control-plane, or go-control-plane-snapshot for its SnapshotCache")
  private @Nullable Subject peer;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Of each server, with --vs (default: 3)")
  private int runs = 3;

  @Override
  public Integer call() throws InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    Flags.positive(command, "--rate", rate);
    Flags.positive(command, "--seconds", seconds);
    Flags.positive(command, "--services", services);
    Flags.positive(command, "--providers", providers);
    Flags.positive(command, "--requests", requests);
    Flags.positive(command, "--runs", runs);
    var size = size(command);
    var broken = peer == null ? new Headline(size, new Progress()).run() : compare(size, peer);
    if (!broken.isEmpty()) {
      throw new FailedException(String.join("\n", broken));
    }
    return 0;
  }

  private Headline.Size size(CommandSpec command) {
    boolean alone = peer == null;
    int clients = requireNonNullElse(streams, alone ? 100 : 50);
    int real = requireNonNullElse(envoys, alone ? 2 : 0);
    Flags.positive(command, "--streams", clients);
    if (real < 0 || real > 2) {
      throw new ParameterException(command.commandLine(), "--envoys: expected 0, 1 or 2");
    }
    if (!alone && real > 0) {
      throw new ParameterException(command.commandLine(), "--envoys: with --vs expected 0");
    }
    return new Headline.Size(
        services,
        providers,
        clients,
        real,
        rate,
        requests,
        Duration.ofSeconds(warmUp),
        Duration.ofSeconds(seconds),
        requireNonNullElse(interval, alone ? "1s" : "0s"),
        protocol);
  }

  private List<String> compare(Headline.Size size, Subject other) throws InterruptedException {
    var subjects = List.of(Subject.convoy, other);
    var progress = new Progress();
    var report = new Report(subjects.stream().map(Subject::toString).toList());
    List<String> broken = new ArrayList<>();
    progress.line("the clients warm up, with %s", other);
    broken.addAll(
        new Headline(size.lasting(CLIENTS_WARM_UP), progress)
            .run(other, new Report(List.of(other.toString()))));
    for (int run = 0; run < runs; run++) {
      for (Subject subject : run % 2 == 0 ? subjects : subjects.reversed()) {
        progress.line("run %d of %d: %s", run + 1, runs, subject);
        broken.addAll(new Headline(size, progress).run(subject, report));
      }
    }
    System.out.printf(
        "%d documents, %d asked for a second, %d streams, %s, %d s, %d runs%n%n",
        services * providers,
        rate,
        size.streams(),
        protocol == null ? "both protocols" : protocol,
        seconds,
        runs);
    report.print(System.out);
    return broken;
  }
}
