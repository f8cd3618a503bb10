package io.convoy.bench.moves;

import io.convoy.bench.measure.Latencies;
import io.convoy.bench.measure.ProcessUsage;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.bench.stage.EndpointWatch;
import io.convoy.bench.stage.ManyServices;
import io.convoy.bench.stage.Stage;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.ConsulProcess;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** One run: an instance after the other gets another port, and every stream is told. */
public final class MoveRun {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int FIRST_PORT = 10_000;

  /**
   * How much.
   *
   * @param followed how many services each stream follows; instances of these change
   * @param warmUp changes before those that count
   * @param limit of all changes that count together
   */
  public record Size(
      int services,
      int instances,
      int followed,
      int streams,
      int warmUp,
      int changes,
      Duration limit) {

    /** Hardly more than the changes that do not count. */
    public Size brief() {
      return new Size(services, instances, followed, streams, warmUp, 1, limit);
    }
  }

  private final Size size;
  private final Subject subject;
  private final Progress progress;
  private final Report report;
  private final List<EndpointWatch> watches = new ArrayList<>();
  private final Latencies first = new Latencies();
  private final Latencies each = new Latencies();
  private final Latencies last = new Latencies();

  public MoveRun(Size size, Subject subject, Progress progress, Report report) {
    this.size = size;
    this.subject = subject;
    this.progress = progress;
    this.report = report;
  }

  /** Runs to the end and reports. Throws {@link FailedException} when a stream is not told. */
  public void run() throws InterruptedException {
    try (Stage stage = new Stage()) {
      ConsulProcess consul = stage.consul(true);
      var many = new ManyServices(consul.api(), true);
      many.register(size.services(), size.instances());
      Served served =
          subject.start(stage, consul, consul.grpcPort(), size.streams(), size.followed());
      List<String> clusters =
          IntStream.range(0, size.followed())
              .mapToObj(i -> served.cluster(ManyServices.name(i)))
              .toList();
      IntStream.range(0, size.streams())
          .forEach(stream -> watches.add(served.watch(stream, clusters)));
      for (String cluster : clusters) {
        for (EndpointWatch watch : watches) {
          await(watch, cluster, this::isComplete, START_LIMIT);
        }
      }
      progress.line("%s: every stream has every service", subject);
      measure(consul, many, served);
    } finally {
      watches.forEach(EndpointWatch::close);
    }
  }

  private void measure(ConsulProcess consul, ManyServices many, Served served)
      throws InterruptedException {
    for (int i = 0; i < size.warmUp(); i++) {
      change(many, served, i);
    }
    progress.line("%s: warm after %d changes", subject, size.warmUp());
    Duration before = served.cpu();
    Duration consulBefore = cpu(consul);
    long end = System.nanoTime() + size.limit().toNanos();
    long told = System.nanoTime();
    int made = 0;
    for (; made < size.changes() && System.nanoTime() < end; made++) {
      // Each change finds everybody idle.
      Thread.sleep(PAUSE);
      count(change(many, served, size.warmUp() + made));
      if (System.nanoTime() - told > 10_000_000_000L) {
        told = System.nanoTime();
        progress.line("%s: %d of %d changes", subject, made, size.changes());
      }
    }
    double own = millis(served.cpu().minus(before)) / made;
    double agent = millis(cpu(consul).minus(consulBefore)) / made;
    add("write answered → first stream: p50, ms", first.millis(0.5));
    add("write answered → first stream: p99, ms", first.millis(0.99));
    add("write answered → each stream: p50, ms", each.millis(0.5));
    add("write answered → each stream: p99, ms", each.millis(0.99));
    add("write answered → last stream: p50, ms", last.millis(0.5));
    add("write answered → last stream: p99, ms", last.millis(0.99));
    if (!(served instanceof Served.Mesh)) {
      add("CPU of the control plane for a change, ms", own);
    }
    add("CPU of Consul for a change, ms", agent);
    add("CPU of both, ms", own + agent);
    add("changes measured", made);
    progress.line("%s: last stream after %.1f ms (median)", subject, last.millis(0.5));
  }

  /** Nanoseconds from Consul's answer until each stream has the change. */
  private long[] change(ManyServices many, Served served, int number) throws InterruptedException {
    int service = number % size.followed();
    int port = FIRST_PORT + number;
    many.put(service, 0, port);
    long answered = System.nanoTime();
    String cluster = served.cluster(ManyServices.name(service));
    long[] after = new long[watches.size()];
    for (int i = 0; i < after.length; i++) {
      long at = await(watches.get(i), cluster, assignment -> has(assignment, port), LIMIT);
      after[i] = Math.max(0, at - answered);
    }
    return after;
  }

  private void count(long[] after) {
    LongStream.of(after).forEach(each::add);
    first.add(LongStream.of(after).min().orElseThrow());
    last.add(LongStream.of(after).max().orElseThrow());
  }

  private long await(
      EndpointWatch watch, String cluster, Predicate<ClusterLoadAssignment> wanted, Duration limit)
      throws InterruptedException {
    return watch
        .await(cluster, wanted, limit)
        .orElseThrow(() ->
            new FailedException(
                "%s: a stream is not told of %s within %d s"
                    .formatted(subject, cluster, limit.toSeconds())));
  }

  private boolean isComplete(ClusterLoadAssignment assignment) {
    return endpoints(assignment).count() == size.instances();
  }

  private boolean has(ClusterLoadAssignment assignment, int port) {
    return isComplete(assignment)
        && endpoints(assignment)
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
    report.add(what, subject.toString(), value);
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
