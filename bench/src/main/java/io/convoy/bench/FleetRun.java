package io.convoy.bench;

import io.convoy.bench.fleet.Fleet;
import io.convoy.bench.fleet.Forecast;
import io.convoy.bench.fleet.Protocol;
import io.convoy.bench.fleet.Round;
import io.convoy.bench.measure.Latencies;
import io.convoy.bench.measure.ProcessUsage;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.bench.server.Engine;
import io.convoy.bench.server.ServerProcess;
import io.convoy.bench.workload.Churn;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.Wait;
import io.convoy.translation.Resource;
import java.time.Duration;
import java.util.List;

/** One run of one server with a fleet: a cold start, then one instance's change after the other. */
final class FleetRun {
  private static final Duration COLD_LIMIT = Duration.ofMinutes(2);
  private static final Duration CHANGE_LIMIT = Duration.ofMinutes(1);
  // Longer than a publish interval: each change finds the server idle.
  private static final Duration PAUSE = Duration.ofMillis(40);
  private static final int REFUSED = 10;
  // Beyond all others, and with other ports.
  private static final int REFUSALS_FROM = 100_003;
  private static final double MEBI = 1024 * 1024;

  /**
   * How much.
   *
   * @param warmUp changes before those that are measured, for up to half of {@code limit}
   * @param changes that are measured, unless {@code limit} is reached before
   * @param limit how long the measured changes may take together
   * @param refusing how many clients refuse what is sent to be refused; 0 for no such phase
   */
  record Size(
      Churn workload,
      Protocol protocol,
      int streams,
      int connections,
      int warmUp,
      int changes,
      Duration limit,
      int refusing) {}

  private final Size size;
  private final Engine.Kind engine;
  private final Progress progress;
  private final Report report;

  private final Forecast forecast;
  private int changesMade;

  FleetRun(Size size, Engine.Kind engine, Progress progress, Report report) {
    this.size = size;
    this.engine = engine;
    this.progress = progress;
    this.report = report;
    this.forecast = new Forecast(size.workload());
  }

  /** Runs to the end and reports. Throws {@link FailedException} when a client ends up wrong. */
  void run() throws InterruptedException {
    try (ServerProcess server =
        ServerProcess.start(engine, size.workload(), size.streams(), forecast.resources())) {
      first(server);
      try (Fleet fleet = fleet(server, size.streams(), size.connections())) {
        cold(server, fleet);
        warmUp(server, fleet);
        changes(server, fleet);
        refusals(server, fleet);
        memory(server);
        check(fleet);
      }
    }
  }

  private Fleet fleet(ServerProcess server, int streams, int connections) {
    return Fleet.of(
        new Fleet.Settings(
            server.port(), size.protocol(), streams, connections, engine.nodeAlways()),
        forecast.expectation());
  }

  /** One client alone: the server's code is loaded, and what it makes at the first request made. */
  private void first(ServerProcess server) throws InterruptedException {
    try (Fleet one = fleet(server, 1, 1)) {
      long start = System.nanoTime();
      Round all = one.connect();
      await(all, one, COLD_LIMIT, "first client");
      add("first client of a fresh server, s", (all.lastAt() - start) / 1e9);
    }
  }

  private void cold(ServerProcess server, Fleet fleet) throws InterruptedException {
    ProcessUsage before = server.usage();
    long start = System.nanoTime();
    Round all = fleet.connect();
    await(all, fleet, COLD_LIMIT, "cold start");
    double seconds = (all.lastAt() - start) / 1e9;
    double cpu = seconds(server.usage().cpu().minus(before.cpu()));
    progress.line(
        "%s: %d streams hold %d resources after %.2f s",
        engine, size.streams(), forecast.expectation().size(), seconds);
    add("cold: connect → all streams complete, s", seconds);
    add("cold: CPU of the server, s", cpu);
    add("cold: MiB to each stream", fleet.bytesReceived() / MEBI / size.streams());
    add("cold: MiB from each stream", fleet.bytesSent() / MEBI / size.streams());
    add("cold: responses to each stream", (double) fleet.responses() / size.streams());
  }

  private void warmUp(ServerProcess server, Fleet fleet) throws InterruptedException {
    long end = System.nanoTime() + size.limit().toNanos() / 2;
    for (int i = 0; i < size.warmUp() && System.nanoTime() < end; i++) {
      change(server, fleet);
    }
  }

  private void changes(ServerProcess server, Fleet fleet) throws InterruptedException {
    Latencies latencies = new Latencies();
    ProcessUsage before = server.usage();
    long received = fleet.bytesReceived();
    long sent = fleet.bytesSent();
    long start = System.nanoTime();
    long told = start;
    while (latencies.count() < size.changes()
        && System.nanoTime() - start < size.limit().toNanos()) {
      latencies.add(change(server, fleet));
      if (System.nanoTime() - told > 5_000_000_000L) {
        told = System.nanoTime();
        progress.line("%s: %d of %d changes", engine, latencies.count(), size.changes());
      }
    }
    double count = latencies.count();
    double cpu = server.usage().cpu().minus(before.cpu()).toMillis() / count;
    progress.line(
        "%s: %.0f changes, median %.1f ms, %.1f ms CPU each",
        engine, count, latencies.millis(0.5), cpu);
    add("change: to the last stream's ACK, median ms", latencies.millis(0.5));
    add("change: to the last stream's ACK, p99 ms", latencies.millis(0.99));
    add("change: CPU of the server, ms", cpu);
    add("change: bytes to each stream", (fleet.bytesReceived() - received) / count / streams());
    add("change: bytes from each stream", (fleet.bytesSent() - sent) / count / streams());
    add("changes measured", count);
  }

  private double streams() {
    return size.streams();
  }

  /** Nanoseconds from the command to the last acknowledgment. */
  private long change(ServerProcess server, Fleet fleet) throws InterruptedException {
    return change(server, fleet, changesMade++);
  }

  private long change(ServerProcess server, Fleet fleet, int number) throws InterruptedException {
    Thread.sleep(PAUSE);
    List<Resource> changed = forecast.changed(number);
    Round round = fleet.open(forecast.expect(changed));
    long start = System.nanoTime();
    server.change(number, changed);
    await(round, fleet, CHANGE_LIMIT, "change " + number);
    server.changed();
    return round.lastAt() - start;
  }

  /**
   * Some clients refuse a change. Another service's has to reach all of them meanwhile, and when
   * the one that is refused is corrected, so has that.
   */
  private void refusals(ServerProcess server, Fleet fleet) throws InterruptedException {
    if (size.refusing() == 0) {
      return;
    }
    Latencies beside = new Latencies();
    Latencies corrected = new Latencies();
    ProcessUsage before = server.usage();
    for (int i = 0; i < REFUSED; i++) {
      Thread.sleep(PAUSE);
      // A change of the same service comes after as many as there are services.
      int bad = REFUSALS_FROM + 2 * i * size.workload().services() + i;
      List<Resource> changed = forecast.changed(bad);
      changed.forEach(content -> fleet.refuse(size.refusing(), content));
      long known = fleet.refusals();
      server.change(bad, changed);
      if (!Wait.until(CHANGE_LIMIT, () -> fleet.refusals() > known)) {
        throw new FailedException(engine + ": a change that is refused reaches nobody");
      }
      server.changed();
      beside.add(change(server, fleet, bad + 1));
      corrected.add(change(server, fleet, bad + size.workload().services()));
    }
    double each = (double) fleet.refusals() / REFUSED / size.refusing();
    add("refused: change beside it, to the last stream's ACK, median ms", beside.millis(0.5));
    add("refused: its correction, to the last stream's ACK, median ms", corrected.millis(0.5));
    add("refused: times that it is sent to a client", each);
    double cpu = server.usage().cpu().minus(before.cpu()).toMillis();
    add("refused: CPU of the server for all three, ms", cpu / REFUSED);
    progress.line("%s: %d contents, each refused %.2f times by a client", engine, REFUSED, each);
    if (engine == Engine.Kind.convoy && each > 1) {
      throw new FailedException(
          "%s: what a client refuses is sent to it %.2f times, expected at most once"
              .formatted(engine, each));
    }
  }

  private void memory(ServerProcess server) {
    ProcessUsage usage = server.usage();
    add("memory: RSS after the changes, MiB", usage.rssBytes() / MEBI);
    add("memory: RSS at most, MiB", usage.peakRssBytes() / MEBI);
    add("memory: live heap, MiB", server.heap() / MEBI);
    add("memory: RSS after a collection, MiB", server.usage().rssBytes() / MEBI);
  }

  private void check(Fleet fleet) {
    var differences = fleet.differences();
    if (!differences.isEmpty()) {
      throw new FailedException(
          "%s: %d of %d clients do not hold the snapshot; %s"
              .formatted(engine, differences.size(), size.streams(), differences.getFirst()));
    }
  }

  private void await(Round round, Fleet fleet, Duration limit, String what)
      throws InterruptedException {
    if (!round.await(limit)) {
      throw new FailedException(
          "%s, %s: after %d s, %d of %d streams wait; %s%s"
              .formatted(
                  engine,
                  what,
                  limit.toSeconds(),
                  round.missing(),
                  size.streams(),
                  fleet.ended().map(words -> words + "; ").orElse(""),
                  fleet.differences().stream().findFirst().orElse("")));
    }
  }

  private void add(String what, double value) {
    report.add(what, engine.toString(), value);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}
