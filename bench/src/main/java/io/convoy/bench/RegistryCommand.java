package io.convoy.bench;

import io.convoy.bench.measure.Latencies;
import io.convoy.bench.measure.ProcessUsage;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.bench.measure.Sockets;
import io.convoy.bench.stage.ConvoyProcess;
import io.convoy.bench.stage.EndpointWatch;
import io.convoy.bench.stage.ManyServices;
import io.convoy.bench.stage.Stage;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.ConsulProcess;
import io.convoy.cli.local.Wait;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What following many services of a real Consul costs a real Convoy. */
@Command(
    name = "registry",
    description = "Follows many services of a real Consul, at rest and while they change.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RegistryCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Duration REST = Duration.ofSeconds(10);
  // Changes one by one: each finds Consul and Convoy idle.
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int MOST_CONNECTIONS = 20;
  private static final double MEBI = 1024 * 1024;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--services", paramLabel = "N", description = "(default: 2000)")
  private int services = 2000;

  @Option(names = "--instances", paramLabel = "N", description = "Of each service (default: 3).")
  private int instances = 3;

  @Option(
      names = "--changes",
      paramLabel = "N",
      description = "Of each kind that is measured (default: 20).")
  private int changes = 20;

  private final Progress progress = new Progress();
  private final Report report = new Report(List.of("convoy"));

  @Override
  public Integer call() throws InterruptedException {
    CommandSpec command = Objects.requireNonNull(spec);
    Flags.positive(command, "--services", services);
    Flags.positive(command, "--instances", instances);
    Flags.positive(command, "--changes", changes);
    try (Stage stage = new Stage()) {
      ConsulProcess consul = stage.consul();
      var many = new ManyServices(consul.api());
      many.register(services, instances);
      progress.line("%d services of %d instances are in Consul", services, instances);
      ConvoyProcess convoy = stage.convoy(consul);
      progress.line("Convoy serves after %.2f s", seconds(convoy.timeToReady()));
      add("process start → READY, s", seconds(convoy.timeToReady()));
      add("CPU to READY, s", seconds(convoy.usage().cpu()));
      measure(consul, convoy, many);
    }
    System.out.printf("%d services x %d instances%n%n", services, instances);
    report.print(System.out);
    return 0;
  }

  private void measure(ConsulProcess consul, ConvoyProcess convoy, ManyServices many)
      throws InterruptedException {
    List<String> names = IntStream.range(0, services).mapToObj(ManyServices::name).toList();
    try (EndpointWatch watch = new EndpointWatch(convoy.xdsPort(), names)) {
      if (!Wait.until(LIMIT, () -> watch.size() == services)) {
        throw new FailedException(
            "Convoy serves %d of %d services".formatted(watch.size(), services));
      }
      progress.line("a stream has all of them");
      rest(consul, convoy);
      long connections = Sockets.established(convoy.pid(), consul.httpPort());
      add("connections to the agent at rest", (double) connections);
      memory(convoy);
      changes(
          consul, convoy, watch, "a check fails", n -> many.check(n, 0, "critical"), unhealthy());
      changes(
          consul, convoy, watch, "a check recovers", n -> many.check(n, 0, "passing"), healthy());
      changes(consul, convoy, watch, "a port changes", n -> many.put(n, 0, 9000), has(9000));
      changes(
          consul, convoy, watch, "an instance joins", n -> many.put(n, instances, 9001), has(9001));
      connections = Math.max(connections, Sockets.established(convoy.pid(), consul.httpPort()));
      add("connections to the agent after the changes", (double) connections);
      if (connections >= MOST_CONNECTIONS) {
        throw new FailedException(
            "Convoy has %d connections to the agent, expected fewer than %d"
                .formatted(connections, MOST_CONNECTIONS));
      }
    }
  }

  private void rest(ConsulProcess consul, ConvoyProcess convoy) throws InterruptedException {
    Thread.sleep(Duration.ofSeconds(2));
    Duration before = convoy.usage().cpu();
    Duration consulBefore = cpu(consul);
    Thread.sleep(REST);
    add(
        "CPU at rest over 10 s, % of a core",
        100 * seconds(convoy.usage().cpu().minus(before)) / seconds(REST));
    add(
        "CPU of Consul meanwhile, % of a core",
        100 * seconds(cpu(consul).minus(consulBefore)) / seconds(REST));
  }

  private void memory(ConvoyProcess convoy) {
    ProcessUsage usage = convoy.usage();
    add("RSS at rest, MiB", usage.rssBytes() / MEBI);
    add("RSS at most, MiB", usage.peakRssBytes() / MEBI);
    add("live heap, MiB", convoy.heap() / MEBI);
    add("RSS after a collection, MiB", convoy.usage().rssBytes() / MEBI);
  }

  private void changes(
      ConsulProcess consul,
      ConvoyProcess convoy,
      EndpointWatch watch,
      String what,
      IntConsumer change,
      Predicate<ClusterLoadAssignment> arrived)
      throws InterruptedException {
    Latencies latencies = new Latencies();
    Duration before = convoy.usage().cpu();
    Duration consulBefore = cpu(consul);
    for (int i = 0; i < changes; i++) {
      Thread.sleep(PAUSE);
      // Spread over all services; the first ones again where there are fewer.
      int service = (int) ((long) i * services / changes) % services;
      long start = System.nanoTime();
      change.accept(service);
      String name = ManyServices.name(service);
      long at =
          watch
              .await(name, arrived, LIMIT)
              .orElseThrow(() -> new FailedException(what + ": not seen at " + name));
      latencies.add(Math.max(0, at - start));
    }
    progress.line("%s: median %.1f ms", what, latencies.millis(0.5));
    add(what + ": write → stream, median ms", latencies.millis(0.5));
    add(what + ": write → stream, most ms", latencies.millis(1));
    add(what + ": CPU of Convoy, ms", millis(convoy.usage().cpu().minus(before)) / changes);
    add(what + ": CPU of Consul, ms", millis(cpu(consul).minus(consulBefore)) / changes);
  }

  private static Predicate<ClusterLoadAssignment> unhealthy() {
    return assignment ->
        endpoints(assignment).anyMatch(e -> e.getHealthStatus() == HealthStatus.UNHEALTHY);
  }

  private static Predicate<ClusterLoadAssignment> healthy() {
    return unhealthy().negate();
  }

  private static Predicate<ClusterLoadAssignment> has(int port) {
    return assignment ->
        endpoints(assignment)
            .anyMatch(e -> e.getEndpoint().getAddress().getSocketAddress().getPortValue() == port);
  }

  private static Stream<LbEndpoint> endpoints(ClusterLoadAssignment assignment) {
    return assignment.getEndpointsList().stream()
        .flatMap(locality -> locality.getLbEndpointsList().stream());
  }

  private static Duration cpu(ConsulProcess consul) {
    return ProcessUsage.of(Stage.pid(consul.child())).cpu();
  }

  private void add(String what, double value) {
    report.add(what, "convoy", value);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
