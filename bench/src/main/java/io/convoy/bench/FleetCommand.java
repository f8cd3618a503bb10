package io.convoy.bench;

import io.convoy.bench.fleet.Protocol;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.bench.server.Engine;
import io.convoy.bench.workload.Churn;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a fleet of simulated Envoys is served, beside a peer when asked for. */
@Command(
    name = "fleet",
    description = "Serves many simulated Envoys from an in-memory catalog, and changes it.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class FleetCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--services", paramLabel = "N", description = "(default: 1000)")
  private int services = 1000;

  @Option(names = "--instances", paramLabel = "N", description = "Of each service (default: 10).")
  private int instances = 10;

  @Option(names = "--streams", paramLabel = "N", description = "Simulated Envoys (default: 1000).")
  private int streams = 1000;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "That the streams share (default: 20).")
  private int connections = 20;

  @Option(names = "--protocol", description = "${COMPLETION-CANDIDATES} (default: delta).")
  private Protocol protocol = Protocol.delta;

  @Option(
      names = "--vs",
      paramLabel = "PEER",
      description = "Measures a peer in alternation: java-control-plane or go-control-plane.")
  private Engine.@Nullable Kind peer;

  @Option(names = "--runs", paramLabel = "N", description = "Of each server (default: 2).")
  private int runs = 2;

  @Option(
      names = "--changes",
      paramLabel = "N",
      description = "Of one instance, measured in each run (default: 100).")
  private int changes = 100;

  @Option(
      names = "--changes-limit",
      paramLabel = "DURATION",
      description =
          "Of each run's changes together: fewer are made when it is over (default: 10s).")
  private Duration limit = Duration.ofSeconds(10);

  @Option(
      names = "--refuse",
      paramLabel = "PERCENT",
      description =
          "Of the clients, that refuse some changes in the end: others' changes and corrections have"
              + " to reach them (default: 0, for no such changes).")
  private int refuse = 0;

  @Override
  public Integer call() throws InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    Flags.positive(command, "--services", services);
    Flags.positive(command, "--instances", instances);
    Flags.positive(command, "--streams", streams);
    Flags.positive(command, "--connections", connections);
    Flags.positive(command, "--runs", runs);
    Flags.positive(command, "--changes", changes);
    if (refuse < 0 || refuse > 100) {
      throw new ParameterException(
          command.commandLine(), "--refuse: had " + refuse + ", expected 0 to 100");
    }
    if (refuse > 0 && services < 2) {
      throw new ParameterException(
          command.commandLine(), "--refuse: needs 2 --services, of which one goes on changing");
    }
    var workload = new Churn(services, instances);
    var size =
        new FleetRun.Size(
            workload,
            protocol,
            streams,
            Math.min(connections, streams),
            Math.min(20, changes),
            changes,
            limit,
            (streams * refuse + 99) / 100);
    List<Engine.Kind> engines =
        peer == null || peer == Engine.Kind.convoy
            ? List.of(Engine.Kind.convoy)
            : List.of(Engine.Kind.convoy, peer);
    var progress = new Progress();
    var report = new Report(engines.stream().map(Engine.Kind::toString).toList());
    for (int run = 0; run < runs; run++) {
      for (Engine.Kind engine : run % 2 == 0 ? engines : engines.reversed()) {
        progress.line("run %d of %d: %s", run + 1, runs, engine);
        new FleetRun(size, engine, progress, report).run();
      }
    }
    System.out.printf(
        "%d services x %d instances, %d streams on %d connections, %s, %d runs%n%n",
        services, instances, streams, size.connections(), protocol, runs);
    report.print(System.out);
    return 0;
  }
}
