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
import io.convoy.translation.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One run of one server through everything that a large fleet goes through. */
final class ScaleRun {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  // Of the changes while it churns, one in so many is timed: one round is open at a time.
  private static final int TIMED = 25;
  private static final int STORMS = 3;
  private static final int RESTARTS = 3;
  private static final int EVERYTHING = 2;
  private static final double MEBI = 1024 * 1024;

  /**
   * How much.
   *
   * @param rate changes a second for {@code churn}
   */
  record Size(
      Churn workload, Protocol protocol, int streams, int connections, int rate, Duration churn) {

    Size churning(Duration other) {
      return new Size(workload, protocol, streams, connections, rate, other);
    }

    int changes() {
      return (int) (rate * churn.toMillis() / 1000);
    }
  }

  /** What was used when a phase began. */
  private record Mark(ProcessUsage usage, long received, long at) {}

  private final Size size;
  private final Engine.Kind engine;
  private final Progress progress;
  private final Report report;
  private final Forecast forecast;
  private int made;

  ScaleRun(Size size, Engine.Kind engine, Progress progress, Report report) {
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
      try (Fleet one = fleet(server, 1, 1)) { // the server's code is loaded
        await(one.connect(), one, "first client");
      }
      try (Fleet fleet = fleet(server, size.streams(), size.connections())) {
        cold(server, fleet, "cold");
        churn(server, fleet);
        for (int i = 0; i < EVERYTHING; i++) {
          everything(server, fleet, i);
        }
        for (int i = 0; i < STORMS; i++) {
          storm(server, fleet);
        }
        add("memory: RSS at most, MiB", server.usage().peakRssBytes() / MEBI);
        add("memory: live heap, MiB", server.heap() / MEBI);
        check(fleet);
      }
      for (int i = 0; i < RESTARTS; i++) {
        try (Fleet fresh = fleet(server, size.streams(), size.connections())) {
          cold(server, fresh, "all Envoys restart");
          check(fresh);
        }
      }
    }
  }

  private Fleet fleet(ServerProcess server, int streams, int connections) {
    return Fleet.of(
        new Fleet.Settings(
            server.port(), size.protocol(), streams, connections, engine.nodeAlways()),
        forecast.expectation());
  }

  private void cold(ServerProcess server, Fleet fleet, String phase) throws InterruptedException {
    Mark mark = mark(server, fleet);
    Round all = fleet.connect();
    await(all, fleet, phase);
    add(phase + ": connect → all streams complete, s", (all.lastAt() - mark.at()) / 1e9);
    add(phase + ": CPU, s", cpu(server, mark));
    add(phase + ": MiB to each stream", perStream(fleet, mark));
    add(phase + ": RSS, MiB", server.usage().rssBytes() / MEBI);
  }

  /** All streams are cut, and one instance moves: what they come back for. */
  private void storm(ServerProcess server, Fleet fleet) throws InterruptedException {
    int number = made++;
    List<Resource> changed = forecast.changed(number);
    int[] numbers = forecast.expect(changed);
    Mark mark = mark(server, fleet);
    Round all = fleet.cut(numbers);
    server.change(number, changed);
    await(all, fleet, "cut of all streams");
    server.changed();
    add("storm: cut → all streams complete, s", (all.lastAt() - mark.at()) / 1e9);
    add("storm: CPU, s", cpu(server, mark));
    add("storm: MiB to each stream", perStream(fleet, mark));
  }

  private void churn(ServerProcess server, Fleet fleet) throws InterruptedException {
    int first = made;
    made += size.changes();
    List<List<Resource>> changes = new ArrayList<>();
    for (int i = 0; i < size.changes(); i++) {
      changes.add(forecast.changed(first + i));
    }
    var latencies = new Latencies();
    Mark mark = mark(server, fleet);
    Round round = null;
    long asked = 0;
    for (int i = 0; i < changes.size(); i++) {
      long due = mark.at() + i * 1_000_000_000L / size.rate();
      long wait = due - System.nanoTime();
      if (wait > 0) {
        Thread.sleep(Duration.ofNanos(wait));
      }
      int[] numbers = forecast.expect(changes.get(i));
      if (i % TIMED == 0) {
        if (round != null) {
          await(round, fleet, "change " + i);
          latencies.add(round.lastAt() - asked);
        }
        round = fleet.open(numbers);
        asked = System.nanoTime();
      }
      server.change(first + i, changes.get(i));
      server.changed();
    }
    long written = System.nanoTime();
    if (round != null) {
      await(round, fleet, "the last timed change");
      latencies.add(round.lastAt() - asked);
    }
    settle(fleet);
    double seconds = (written - mark.at()) / 1e9;
    progress.line("%s: %d changes in %.1f s", engine, changes.size(), seconds);
    add("churn: changes a second", changes.size() / seconds);
    add("churn: to the last stream's ACK, median ms", latencies.millis(0.5));
    add("churn: to the last stream's ACK, most ms", latencies.millis(1));
    add("churn: CPU for a change, ms", cpu(server, mark) * 1e3 / changes.size());
    add("churn: bytes to each stream for a change", perStream(fleet, mark) * MEBI / changes.size());
  }

  /** Waits until every client holds the last change of everything. */
  private void settle(Fleet fleet) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!fleet.differences().isEmpty() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    check(fleet);
  }

  private void everything(ServerProcess server, Fleet fleet, int index)
      throws InterruptedException {
    int number = Churn.EVERYTHING + index;
    List<Resource> changed = forecast.changed(number);
    Mark mark = mark(server, fleet);
    Round all = fleet.open(forecast.expect(changed));
    server.change(number, changed);
    await(all, fleet, "change of everything");
    server.changed();
    add("everything: resources that change", changed.size());
    add("everything: to the last stream's ACK, s", (all.lastAt() - mark.at()) / 1e9);
    add("everything: CPU, s", cpu(server, mark));
    add("everything: MiB to each stream", perStream(fleet, mark));
  }

  private static Mark mark(ServerProcess server, Fleet fleet) {
    return new Mark(server.usage(), fleet.bytesReceived(), System.nanoTime());
  }

  private static double cpu(ServerProcess server, Mark since) {
    return server.usage().cpu().minus(since.usage().cpu()).toMillis() / 1e3;
  }

  private double perStream(Fleet fleet, Mark since) {
    return (fleet.bytesReceived() - since.received()) / MEBI / size.streams();
  }

  private void await(Round round, Fleet fleet, String what) throws InterruptedException {
    if (!round.await(LIMIT)) {
      throw new FailedException(
          "%s, %s: %d of %d streams wait; %s%s"
              .formatted(
                  engine,
                  what,
                  round.missing(),
                  size.streams(),
                  fleet.ended().map(words -> words + "; ").orElse(""),
                  fleet.differences().stream().findFirst().orElse("")));
    }
  }

  private void check(Fleet fleet) {
    var differences = fleet.differences();
    if (!differences.isEmpty()) {
      throw new FailedException(
          "%s: %d of %d clients do not hold the snapshot; %s"
              .formatted(engine, differences.size(), size.streams(), differences.getFirst()));
    }
  }

  private void add(String what, double value) {
    report.add(what, engine.toString(), value);
  }
}
