package io.convoy.bench;

import io.convoy.bench.dataplane.Arrangement;
import io.convoy.bench.dataplane.Arrangement.Wish;
import io.convoy.bench.dataplane.EnvoyUnderLoad;
import io.convoy.bench.dataplane.EnvoyUnderLoad.Cost;
import io.convoy.bench.dataplane.Gin;
import io.convoy.bench.dataplane.HandWritten;
import io.convoy.bench.dataplane.Tokens;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.bench.measure.Spread;
import io.convoy.bench.stage.Stage;
import io.convoy.cli.local.FreePorts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a request costs an Envoy. */
@Command(
    name = "dataplane",
    description =
        "Measures an Envoy's CPU for a request, by the policies that Convoy configures. Needs wrk.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DataPlaneCommand implements Callable<Integer> {
  private static final int PROVIDERS = 30;

  private static final List<Wish> WISHES =
      List.of(
          new Wish("10 services, no policies", 10, 0, 0),
          new Wish("10 services, a limit each", 10, 0, 1),
          new Wish("10 services, JWT of 1 provider", 10, 1, 0),
          new Wish("10 services, JWT and a limit, 1 provider", 10, 1, 1),
          new Wish("10 services, JWT of 30 providers", 10, PROVIDERS, 0),
          new Wish("10 services, JWT and 30 limits, 30 providers", 10, PROVIDERS, PROVIDERS),
          new Wish("1,000 services, no policies", 1000, 0, 0),
          new Wish("1,000 services, JWT and a limit each, 1 provider", 1000, 1, 1));

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--seconds", paramLabel = "N", description = "For each run (default: 4).")
  private int seconds = 4;

  @Option(names = "--rounds", paramLabel = "N", description = "(default: 3)")
  private int rounds = 3;

  @Option(
      names = "--vs",
      paramLabel = "PEER",
      description =
          "gin: measures what needs a token and has a limit only, beside a gateway in Go and an"
              + " Envoy that is configured by hand.")
  private @Nullable Peer peer;

  /** The names are those of the flag. */
  private enum Peer {
    gin
  }

  @Override
  public Integer call() {
    Flags.positive(Objects.requireNonNull(spec), "--seconds", seconds);
    Flags.positive(Objects.requireNonNull(spec), "--rounds", rounds);
    if (peer != null) {
      compare();
      return 0;
    }
    var progress = new Progress();
    List<Tokens> tokens = tokens();
    Map<String, List<Cost>> costs = new LinkedHashMap<>();
    try (Stage stage = new Stage()) {
      int backend = EnvoyUnderLoad.backend(stage);
      for (int round = 0; round < rounds; round++) {
        for (Arrangement arrangement : arrangements(tokens, FreePorts.next(), backend)) {
          progress.line("round %d: %s", round + 1, arrangement.name());
          costs
              .computeIfAbsent(arrangement.name(), name -> new ArrayList<>())
              .add(EnvoyUnderLoad.measure(stage, arrangement, seconds));
        }
      }
    }
    print(costs);
    return 0;
  }

  private static List<Tokens> tokens() {
    return IntStream.range(0, PROVIDERS).mapToObj(i -> new Tokens("provider-" + i)).toList();
  }

  /** The order changes from round to round: who comes first changes, too. */
  private void compare() {
    List<Tokens> tokens = tokens();
    var progress = new Progress();
    List<String> subjects = List.of("convoy", "gin", "hand-written");
    var report = new Report(subjects);
    try (Stage stage = new Stage()) {
      int backend = EnvoyUnderLoad.backend(stage);
      for (int providers : List.of(1, PROVIDERS)) {
        for (int round = 0; round < rounds; round++) {
          for (String subject : round % 2 == 0 ? subjects : subjects.reversed()) {
            progress.line(
                "%s, providers: %d, round %d of %d", subject, providers, round + 1, rounds);
            List<Tokens> known = tokens.subList(0, providers);
            add(report, subject, providers, measure(stage, subject, known, backend));
          }
        }
      }
    }
    report.print(System.out);
  }

  private Cost measure(Stage stage, String subject, List<Tokens> tokens, int backend) {
    int providers = tokens.size();
    int port = FreePorts.next();
    if (subject.equals("gin")) {
      return Gin.measure(stage, tokens, backend, seconds);
    }
    Arrangement arrangement =
        subject.equals("convoy")
            ? Arrangement.convoy(new Wish(subject, 10, providers, providers), tokens, port, backend)
            : HandWritten.of(tokens, port, backend);
    return EnvoyUnderLoad.measureGuarded(stage, arrangement, seconds);
  }

  private static void add(Report report, String subject, int providers, Cost cost) {
    String with = providers == 1 ? "1 provider: " : providers + " providers: ";
    report.add(with + "requests a second", subject, cost.perSecond());
    report.add(with + "p99, ms", subject, cost.millis99());
    report.add(with + "CPU for a request, µs", subject, cost.cpuMicros());
  }

  private static List<Arrangement> arrangements(List<Tokens> tokens, int port, int backend) {
    List<Arrangement> all = new ArrayList<>();
    all.add(HandWritten.of(tokens.subList(0, 1), port, backend));
    all.add(HandWritten.of(tokens, port, backend));
    for (Wish wish : WISHES) {
      all.add(Arrangement.convoy(wish, tokens, port, backend));
    }
    return all;
  }

  private static void print(Map<String, List<Cost>> costs) {
    System.out.println(
        "| arrangement | µs of CPU for a request (min / median / max) | requests/s |");
    System.out.println("|---|--:|--:|");
    costs.forEach((name, runs) -> {
      Spread cpu = Spread.of(runs.stream().map(Cost::cpuMicros).toList());
      Spread rate = Spread.of(runs.stream().map(Cost::perSecond).toList());
      System.out.printf(
          "| %s | %s / %s / %s | %s |%n",
          name,
          Report.number(cpu.min()),
          Report.number(cpu.median()),
          Report.number(cpu.max()),
          Report.number(rate.median()));
    });
  }
}
