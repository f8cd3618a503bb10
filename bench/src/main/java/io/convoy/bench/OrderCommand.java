package io.convoy.bench;

import io.convoy.bench.measure.Progress;
import io.convoy.bench.server.Engine;
import io.convoy.bench.stage.Backend;
import io.convoy.bench.stage.Gateway;
import io.convoy.bench.stage.Load;
import io.convoy.bench.stage.Stage;
import io.convoy.bench.workload.Moves;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.FreePorts;
import io.convoy.cli.local.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What requests see of routes that move while the clusters that they leave are removed. */
@Command(
    name = "order",
    description =
        "Moves routes of real gateways to new clusters and removes the old ones, under load.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class OrderCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Pattern FLAGS = Pattern.compile("\"flags\":\"([^\"]*)\"");
  private static final Pattern STATUS = Pattern.compile("\"status\":(\\d+)");
  private static final String NONE = "-";

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--changes", paramLabel = "N", description = "(default: 200)")
  private int changes = 200;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      description = "From one change to the next (default: 100ms).")
  private Duration interval = Duration.ofMillis(100);

  @Option(
      names = "--requests",
      paramLabel = "N",
      description = "A second, to both gateways together (default: 300).")
  private int perSecond = 300;

  private final Progress progress = new Progress();

  /** What one gateway's requests saw: how many there were, and the flags and statuses of them. */
  private record Outcome(String gateway, long requests, Map<String, Long> failed) {}

  @Override
  public Integer call() throws InterruptedException, IOException {
    CommandSpec command = Objects.requireNonNull(spec);
    Flags.positive(command, "--changes", changes);
    Flags.positive(command, "--requests", perSecond);
    List<Outcome> outcomes = new ArrayList<>();
    boolean clean = true;
    for (Engine.Kind kind : List.of(Engine.Kind.convoy, Engine.Kind.java_control_plane)) {
      List<Outcome> own = run(kind);
      outcomes.addAll(own);
      clean &= kind != Engine.Kind.convoy || own.stream().allMatch(o -> o.failed().isEmpty());
    }
    print(outcomes);
    if (!clean) {
      throw new FailedException("requests through Convoy's gateways failed");
    }
    return 0;
  }

  private List<Outcome> run(Engine.Kind kind) throws InterruptedException, IOException {
    try (Backend backend = new Backend();
        Stage stage = new Stage()) {
      var workload = new Moves(backend.port());
      int deltaPort = FreePorts.next();
      int sotwPort = FreePorts.next();
      try (Engine server = Engine.start(kind, workload, 10, List.of(deltaPort, sotwPort))) {
        Gateway delta = stage.gateway(server.port(), deltaPort, true, kind.nodeAlways());
        Gateway sotw = stage.gateway(server.port(), sotwPort, false, kind.nodeAlways());
        awaitRoutes(kind, delta, sotw);
        List<String> urls =
            Stream.of(delta, sotw).flatMap(gateway -> urls(gateway, "moving")).toList();
        Map<Integer, Long> answers = changes(kind, server, workload, urls);
        progress.line("%s: answers by status %s", kind, new TreeMap<>(answers));
        return List.of(
            outcome(kind + ", delta", delta, total(answers) / 2),
            outcome(kind + ", sotw", sotw, total(answers) / 2));
      }
    }
  }

  private Map<Integer, Long> changes(
      Engine.Kind kind, Engine server, Moves workload, List<String> urls)
      throws InterruptedException {
    Load load = Load.start(perSecond, urls);
    try (load) {
      for (int i = 0; i < changes; i++) {
        Thread.sleep(interval);
        server.change(workload.change(i));
        if ((i + 1) % 50 == 0) {
          progress.line("%s: %d of %d changes", kind, i + 1, changes);
        }
      }
      // The last change reaches the gateways.
      Thread.sleep(Duration.ofSeconds(1));
    }
    return load.answers();
  }

  private static Stream<String> urls(Gateway gateway, String word) {
    return IntStream.range(0, Moves.ROUTES)
        .mapToObj(route -> gateway.url() + "/" + route + "/" + word);
  }

  private static void awaitRoutes(Engine.Kind kind, Gateway... gateways) {
    for (Gateway gateway : gateways) {
      for (String url : urls(gateway, "waiting").toList()) {
        if (!Wait.until(LIMIT, () -> Load.ask(url) == 200)) {
          throw new FailedException(kind + ": no answer at " + url);
        }
      }
    }
  }

  private static long total(Map<Integer, Long> answers) {
    return answers.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Reads the access log, which Envoy writes with a delay. */
  private static Outcome outcome(String name, Gateway gateway, long expected) {
    Wait.until(Duration.ofSeconds(5), () -> moving(gateway).count() >= expected);
    Map<String, Long> failed = new TreeMap<>();
    moving(gateway)
        .map(OrderCommand::failure)
        .filter(f -> !f.isEmpty())
        .forEach(failure -> failed.merge(failure, 1L, Long::sum));
    return new Outcome(name, moving(gateway).count(), failed);
  }

  private static Stream<String> moving(Gateway gateway) {
    return gateway.accessLog().stream().filter(line -> line.contains("/moving"));
  }

  /** Status and flags of a request that went wrong; empty for one that did not. */
  private static String failure(String line) {
    String status = first(STATUS, line);
    String flags = first(FLAGS, line);
    return status.equals("200") && flags.equals(NONE) ? "" : status + " " + flags;
  }

  private static String first(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    return matcher.find() ? matcher.group(1) : NONE;
  }

  private void print(List<Outcome> outcomes) {
    System.out.printf(
        "%d changes, one every %d ms, under %d requests a second%n%n",
        changes, interval.toMillis(), perSecond);
    System.out.println("| server, protocol | requests | failed | by status and Envoy's flags |");
    System.out.println("|---|--:|--:|---|");
    for (Outcome outcome : outcomes) {
      long failed = outcome.failed().values().stream().mapToLong(Long::longValue).sum();
      System.out.printf(
          "| %s | %d | %d | %s |%n",
          outcome.gateway(), outcome.requests(), failed, words(outcome.failed()));
    }
  }

  private static String words(Map<String, Long> failed) {
    return failed.isEmpty()
        ? "–"
        : failed.entrySet().stream()
            .map(entry -> entry.getKey() + ": " + entry.getValue())
            .collect(java.util.stream.Collectors.joining(", "));
  }
}
