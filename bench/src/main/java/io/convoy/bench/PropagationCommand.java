package io.convoy.bench;

import io.convoy.bench.measure.Latencies;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.bench.moves.MoveRun;
import io.convoy.bench.moves.Subject;
import io.convoy.bench.stage.Backend;
import io.convoy.bench.stage.ConvoyProcess;
import io.convoy.bench.stage.EndpointWatch;
import io.convoy.bench.stage.Prober;
import io.convoy.bench.stage.Stage;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.ConsulApi;
import io.convoy.cli.local.ConsulProcess;
import io.convoy.cli.local.FreePorts;
import io.convoy.cli.local.Wait;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
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

/** How long what happens in Consul takes to reach the requests through a real gateway. */
@Command(
    name = "propagation",
    description = {
      "Registers instances in a real Consul and lets them fail, behind a real gateway. With --vs,",
      "moves endpoints of many services, and sees when simulated Envoys are told."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class PropagationCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String SERVICE = "probe";
  private static final String STABLE = "probe-stable";
  // No request for so long, while others are answered: there will be none any more.
  private static final Duration QUIET = Duration.ofMillis(200);
  private static final int OTHERS = 20;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--rounds", paramLabel = "N", description = "(default: 50)")
  private int rounds = 50;

  @Option(
      names = "--streams",
      paramLabel = "N",
      description = "Simulated Envoys that follow the service beside the real one (default: 20).")
  private int streams = 20;

  @Option(
      names = "--vs",
      paramLabel = "PEER",
      description =
          "Moves endpoints instead, of many services and without a gateway, and measures a peer in"
              + " alternation: go-control-plane, or consul for its own xDS. The options below"
              + " belong to it.")
  private @Nullable Subject peer;

  @Option(names = "--services", paramLabel = "N", description = "(default: 10)")
  private int services = 10;

  @Option(names = "--instances", paramLabel = "N", description = "Of each service (default: 3).")
  private int instances = 3;

  @Option(
      names = "--follow",
      paramLabel = "N",
      description =
          "Services that each stream follows, and that change (default: all; for consul, where they"
              + " are the upstreams of a proxy, at most 10).")
  private @Nullable Integer follow;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "Changes of each run before those that count, without a pause (default: 300).")
  private int warmUp = 300;

  @Option(names = "--changes", paramLabel = "N", description = "In each run (default: 50).")
  private int changes = 50;

  @Option(
      names = "--changes-limit",
      paramLabel = "DURATION",
      description = "Of each run's changes: fewer are made when it is over (default: 60s).")
  private Duration limit = Duration.ofMinutes(1);

  @Option(names = "--runs", paramLabel = "N", description = "Of each server (default: 3).")
  private int runs = 3;

  private final Progress progress = new Progress();
  private final Latencies write = new Latencies();
  private final Latencies toFirst = new Latencies();
  private final Latencies toAll = new Latencies();
  private final Latencies toLast = new Latencies();
  private final List<EndpointWatch> watches = new ArrayList<>();

  @Override
  public Integer call() throws InterruptedException {
    Flags.positive(Objects.requireNonNull(spec), "--rounds", rounds);
    Flags.positive(Objects.requireNonNull(spec), "--streams", streams);
    if (peer != null) {
      return compare(peer);
    }
    long failures;
    try (Stage stage = new Stage();
        Backend stable = new Backend()) {
      ConsulProcess consul = stage.consul();
      register(consul.api(), STABLE, stable.port());
      ConvoyProcess convoy = stage.convoy(consul);
      String url =
          stage.gateway(convoy.xdsPort(), FreePorts.next(), true, false).url()
              + "/"
              + SERVICE
              + "/";
      progress.line("Consul, Convoy and Envoy run");
      try (Prober prober = Prober.start(url)) {
        stable.awaitFirst(LIMIT.toMillis());
        for (int i = 0; i < streams; i++) {
          watches.add(new EndpointWatch(convoy.xdsPort(), List.of(SERVICE)));
        }
        awaitAll(stable.port());
        long unready = prober.failures();
        for (int round = 1; round <= rounds; round++) {
          round(consul.api(), prober, SERVICE + "-" + round);
          if (round % 10 == 0) {
            progress.line("%d of %d rounds", round, rounds);
          }
        }
        failures = prober.failures() - unready;
      } finally {
        watches.forEach(EndpointWatch::close);
      }
    }
    report(failures);
    return 0;
  }

  private int compare(Subject other) throws InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    Flags.positive(command, "--services", services);
    Flags.positive(command, "--instances", instances);
    Flags.positive(command, "--warm-up", warmUp);
    Flags.positive(command, "--changes", changes);
    Flags.positive(command, "--runs", runs);
    int most = other == Subject.consul ? Math.min(services, 10) : services;
    int followed = Objects.requireNonNullElse(follow, most);
    Flags.positive(command, "--follow", followed);
    var size =
        new MoveRun.Size(
            services, instances, Math.min(followed, services), streams, warmUp, changes, limit);
    var subjects = List.of(Subject.convoy, other);
    var report = new Report(subjects.stream().map(Subject::toString).toList());
    progress.line("the clients warm up, with %s", other);
    new MoveRun(size.brief(), other, progress, new Report(List.of(other.toString()))).run();
    for (int run = 0; run < runs; run++) {
      for (Subject subject : run % 2 == 0 ? subjects : subjects.reversed()) {
        progress.line("run %d of %d: %s", run + 1, runs, subject);
        new MoveRun(size, subject, progress, report).run();
      }
    }
    System.out.printf(
        "%d services x %d instances, %d streams that follow %d services, %d runs%n%n",
        services, instances, streams, size.followed(), runs);
    report.print(System.out);
    return 0;
  }

  private void round(ConsulApi consul, Prober prober, String id) throws InterruptedException {
    try (Backend backend = new Backend()) {
      long start = System.nanoTime();
      register(consul, id, backend.port());
      write.add(System.nanoTime() - start);
      toFirst.add(backend.awaitFirst(LIMIT.toMillis()) - start);
      toAll.add(awaitAll(backend.port()) - start);

      long failed = System.nanoTime();
      consul.report("check-" + id, "fail");
      awaitQuiet(backend, prober);
      toLast.add(Math.max(0, backend.lastAt() - failed));
      consul.deregister(id);
    }
  }

  private static void awaitQuiet(Backend backend, Prober prober) {
    long[] seen = {backend.lastAt(), prober.answers()};
    boolean quiet =
        Wait.until(
            LIMIT,
            () -> {
              long last = backend.lastAt();
              if (last != seen[0]) {
                seen[0] = last;
                seen[1] = prober.answers();
              }
              return System.nanoTime() - last > QUIET.toNanos()
                  && prober.answers() - seen[1] >= OTHERS;
            });
    if (!quiet) {
      throw new FailedException(
          "an instance that is critical still gets requests after " + LIMIT.toSeconds() + " s");
    }
  }

  /** Waits until every stream has an instance at the port; when the last got it. */
  private long awaitAll(int port) throws InterruptedException {
    long last = Long.MIN_VALUE;
    for (EndpointWatch watch : watches) {
      long at =
          watch
              .await(SERVICE, assignment -> hasPort(assignment, port), LIMIT)
              .orElseThrow(() ->
                  new FailedException(
                      "a stream lacks an instance after " + LIMIT.toSeconds() + " s"));
      last = Math.max(last, at);
    }
    return last;
  }

  private static boolean hasPort(ClusterLoadAssignment assignment, int port) {
    return assignment.getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream())
        .anyMatch(e -> e.getEndpoint().getAddress().getSocketAddress().getPortValue() == port);
  }

  private static void register(ConsulApi consul, String id, int port) {
    consul.register(
        """
        {"Name": "%s", "ID": "%s", "Address": "127.0.0.1", "Port": %d,
         "Meta": {"convoy-path": "/%s/"},
         "Check": {"CheckID": "check-%s", "TTL": "10m", "Status": "passing"}}
        """
            .formatted(SERVICE, id, port, SERVICE, id));
  }

  private void report(long failures) {
    List<String> columns = List.of("p50", "p99", "most");
    System.out.printf("%d rounds, ms; a request every millisecond%n%n", rounds);
    System.out.println("| from → to | " + String.join(" | ", columns) + " |");
    System.out.println("|---|--:|--:|--:|");
    row("registration is sent → Consul has answered", write);
    row("registration is sent → first request at the instance", toFirst);
    row("registration is sent → the last of %d streams has it".formatted(streams), toAll);
    row("critical is sent → last request at the instance", toLast);
    System.out.printf("%n%d requests were not answered 200%n", failures);
  }

  private static void row(String what, Latencies latencies) {
    System.out.printf(
        "| %s | %s | %s | %s |%n",
        what,
        Report.number(latencies.millis(0.5)),
        Report.number(latencies.millis(0.99)),
        Report.number(latencies.millis(1)));
  }
}
