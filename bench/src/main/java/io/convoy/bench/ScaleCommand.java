package io.convoy.bench;

import io.convoy.bench.fleet.Protocol;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.bench.server.Engine;
import io.convoy.bench.workload.Churn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a large fleet goes through, beside a peer when asked for. */
@Command(
    name = "scale",
    description =
        "A cold start, a cut of all streams, steady churn and a change of everything, with many"
            + " simulated Envoys.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ScaleCommand implements Callable<Integer> {
  // The simulated Envoys are a Java program, too, and the same for all runs that are compared.
  private static final Duration CLIENTS_WARM_UP = Duration.ofSeconds(1);

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
      names = "--rate",
      paramLabel = "N",
      description = "Endpoint changes a second, while it churns (default: 100).")
  private int rate = 100;

  @Option(names = "--churn", paramLabel = "DURATION", description = "(default: 10s)")
  private Duration churn = Duration.ofSeconds(10);

  @Option(
      names = "--vs",
      paramLabel = "PEER",
      description = "Measures a peer in alternation: java-control-plane or go-control-plane.")
  private Engine.@Nullable Kind peer;

  @Option(names = "--runs", paramLabel = "N", description = "Of each server (default: 1).")
  private int runs = 1;

  @Override
  public Integer call() throws InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    Flags.positive(command, "--services", services);
    Flags.positive(command, "--instances", instances);
    Flags.positive(command, "--streams", streams);
    Flags.positive(command, "--connections", connections);
    Flags.positive(command, "--rate", rate);
    Flags.positive(command, "--runs", runs);
    var engines = new ArrayList<>(List.of(Engine.Kind.convoy));
    if (peer != null && peer != Engine.Kind.convoy) {
      engines.add(peer);
    }
    var size =
        new ScaleRun.Size(
            new Churn(services, instances),
            protocol,
            streams,
            Math.min(connections, streams),
            rate,
            churn);
    var progress = new Progress();
    var report = new Report(engines.stream().map(Engine.Kind::toString).toList());
    if (engines.size() > 1) {
      progress.line("the clients warm up, with %s", engines.getLast());
      var unused = new Report(List.of(engines.getLast().toString()));
      new ScaleRun(size.churning(CLIENTS_WARM_UP), engines.getLast(), progress, unused).run();
    }
    for (int run = 0; run < runs; run++) {
      for (Engine.Kind engine : run % 2 == 0 ? engines : engines.reversed()) {
        progress.line("run %d of %d: %s", run + 1, runs, engine);
        new ScaleRun(size, engine, progress, report).run();
      }
    }
    System.out.printf(
        "%d services x %d instances, %d streams on %d connections, %s, %d runs%n%n",
        services, instances, streams, size.connections(), protocol, runs);
    report.print(System.out);
    return 0;
  }
}
