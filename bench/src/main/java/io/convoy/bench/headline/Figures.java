package io.convoy.bench.headline;

import io.convoy.bench.fleet.Protocol;
import io.convoy.bench.measure.Histogram;
import io.convoy.bench.measure.ProcessUsage;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.bench.stage.ControlPlane;
import io.convoy.bench.stage.Gateway;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What is measured while documents change, live and in the end. Confined to one thread. */
final class Figures {
  private static final double MEBI = 1024 * 1024;

  private final ControlPlane server;
  private final long consul;
  private final List<Gateway> gateways;
  private final List<Follower> followers;
  private final Writer writer;
  private final Staleness staleness;
  private final Traffic traffic;
  private final Progress progress;
  private final Sample start;
  private Sample last;

  /** What the processes and clients have used and done so far. */
  private record Sample(
      long at,
      long accepted,
      Map<Protocol, Double> pushes,
      long bytes,
      ProcessUsage server,
      ProcessUsage consul,
      ProcessUsage bench,
      List<ProcessUsage> envoys) {

    double seconds(Sample before) {
      return (at - before.at) / 1e9;
    }

    double cpu(Sample before) {
      return cores(before.server, server, before);
    }

    double cores(ProcessUsage from, ProcessUsage to, Sample before) {
      return to.cpu().minus(from.cpu()).toMillis() / 1e3 / seconds(before);
    }

    /** To one simulated Envoy. */
    double pushes(Sample before, Protocol protocol) {
      return (pushes.getOrDefault(protocol, 0.0) - before.pushes.getOrDefault(protocol, 0.0))
          / seconds(before);
    }

    double accepted(Sample before) {
      return (accepted - before.accepted) / seconds(before);
    }
  }

  /** {@code consul}: its process. */
  Figures(
      ControlPlane server,
      long consul,
      List<Gateway> gateways,
      List<Follower> followers,
      Writer writer,
      Staleness staleness,
      Traffic traffic,
      Progress progress) {
    this.server = server;
    this.consul = consul;
    this.gateways = gateways;
    this.followers = followers;
    this.writer = writer;
    this.staleness = staleness;
    this.traffic = traffic;
    this.progress = progress;
    this.start = sample();
    this.last = start;
  }

  private Sample sample() {
    Map<Protocol, Double> pushes =
        followers.stream()
            .collect(
                Collectors.groupingBy(
                    Follower::protocol, Collectors.averagingDouble(Follower::extensionResponses)));
    return new Sample(
        System.nanoTime(),
        writer.accepted(),
        pushes,
        followers.stream().mapToLong(Follower::bytes).sum(),
        server.usage(),
        ProcessUsage.of(consul),
        ProcessUsage.of(ProcessHandle.current().pid()),
        gateways.stream().map(Gateway::usage).toList());
  }

  /** A line about the time since the last one. */
  void live() {
    Sample now = sample();
    double delta = now.pushes(last, Protocol.delta);
    double sotw = now.pushes(last, Protocol.sotw);
    String envoys = "";
    for (int i = 0; i < gateways.size(); i++) {
      double cores = now.cores(last.envoys().get(i), now.envoys().get(i), last);
      envoys += String.format(Locale.ROOT, "/%.2f", cores);
    }
    progress.line(
        "%,.0f changes/s; %.1f + %.1f pushes/s to an Envoy (delta + state of the world), %,.0f changes a push;"
            + " ACK p50 %.0f, p99 %.0f ms, rare ones p99 %.0f ms; cores of the server/Envoys %.2f%s; RSS %.0f MiB; %d wrong answers",
        now.accepted(last),
        delta,
        sotw,
        2 * now.accepted(last) / (delta + sotw),
        staleness.everySight.millis(0.5),
        staleness.everySight.millis(0.99),
        staleness.rare.millis(0.99),
        now.cpu(last),
        envoys,
        now.server().rssBytes() / MEBI,
        traffic.wrong().values().stream().mapToLong(Long::longValue).sum());
    last = now;
  }

  void print() {
    Sample now = sample();
    double delta = now.pushes(start, Protocol.delta);
    double sotw = now.pushes(start, Protocol.sotw);
    System.out.println("| what | |");
    System.out.println("|---|--:|");
    row("changes accepted a second", now.accepted(start));
    row("pushes a second to each simulated Envoy, delta", delta);
    row("pushes a second to each simulated Envoy, state of the world", sotw);
    row("changes a push", 2 * now.accepted(start) / (delta + sotw));
    row(
        "KiB a second to each simulated Envoy",
        (now.bytes() - start.bytes()) / 1024.0 / followers.size() / now.seconds(start));
    ages("staleness, first sight", staleness.firstSight);
    ages("staleness, each Envoy's ACK", staleness.everySight);
    ages("staleness, ACK of a document that changes rarely", staleness.rare);
    row("cores of Convoy", now.cpu(start));
    row("cores of Consul", now.cores(start.consul(), now.consul(), start));
    row("cores of the clients and writers", now.cores(start.bench(), now.bench(), start));
    for (int i = 0; i < gateways.size(); i++) {
      row(
          "cores of Envoy " + (i == 0 ? "(delta)" : "(state of the world)"),
          now.cores(start.envoys().get(i), now.envoys().get(i), start));
    }
    row("Convoy: RSS, MiB", now.server().rssBytes() / MEBI);
    row("Convoy: live heap, MiB", server.heap() / MEBI);
    row("requests answered", (double) traffic.answers());
  }

  /** Adds them to a report, one for each row. */
  void add(Report report, String subject) {
    Sample now = sample();
    double seconds = now.seconds(start);
    double delta = now.pushes(start, Protocol.delta);
    double sotw = now.pushes(start, Protocol.sotw);
    double bytes = (double) (now.bytes() - start.bytes()) / followers.size();
    report.add("changes accepted a second", subject, now.accepted(start));
    report.add("pushes a second to a stream, delta", subject, delta);
    report.add("pushes a second to a stream, state of the world", subject, sotw);
    report.add("KiB a second to each stream", subject, bytes / 1024 / seconds);
    report.add("MiB to each stream", subject, bytes / MEBI);
    ages(report, subject, "staleness, first sight", staleness.firstSight);
    ages(report, subject, "staleness, each stream's ACK", staleness.everySight);
    ages(report, subject, "staleness, ACK of a document that changes rarely", staleness.rare);
    report.add("CPU of the server, s", subject, now.cpu(start) * seconds);
    report.add("cores of the server", subject, now.cpu(start));
    report.add("cores of Consul", subject, now.cores(start.consul(), now.consul(), start));
    report.add(
        "cores of the clients and writers", subject, now.cores(start.bench(), now.bench(), start));
    report.add("RSS, MiB", subject, now.server().rssBytes() / MEBI);
    report.add("RSS at most, MiB", subject, now.server().peakRssBytes() / MEBI);
    report.add("live heap, MiB", subject, server.heap() / MEBI);
  }

  private static void ages(Report report, String subject, String what, Histogram ages) {
    report.add(what + ": p50, ms", subject, ages.millis(0.5));
    report.add(what + ": p99, ms", subject, ages.millis(0.99));
  }

  /** Where the time of rare writes goes. */
  static void print(Timeline timeline) {
    System.out.println();
    System.out.println("| a document that changes rarely, ms | p50 | p99 | most |");
    System.out.println("|---|--:|--:|--:|");
    timeline.stages().forEach(Figures::stage);
    stage("a read of all documents from Consul", timeline.queries());
    stage("a publish to all groups", timeline.publishes());
    System.out.printf(
        "%nReads of all documents: %,d; publishes: %,d; writes not followed: %d%n",
        timeline.queries().count(), timeline.publishes().count(), timeline.lost());
  }

  private static void stage(String name, Histogram times) {
    System.out.println(
        java.util.stream.Stream.of(0.5, 0.99, 1.0)
            .map(share -> Report.number(times.millis(share)))
            .collect(Collectors.joining(" | ", "| " + name + " | ", " |")));
  }

  private static void row(String what, double value) {
    System.out.println("| " + what + " | " + Report.number(value) + " |");
  }

  private static void ages(String what, Histogram ages) {
    System.out.printf(
        "| %s: p50 / p99 / most, ms | %s / %s / %s |%n",
        what,
        Report.number(ages.millis(0.5)),
        Report.number(ages.millis(0.99)),
        Report.number(ages.millis(1)));
  }
}
