package io.convoy.bench;

import io.convoy.bench.dataplane.Arrangement;
import io.convoy.bench.dataplane.Arrangement.Wish;
import io.convoy.bench.dataplane.EnvoyUnderLoad;
import io.convoy.bench.dataplane.EnvoyUnderLoad.Cost;
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
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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

  @Option(names = "--seconds", paramLabel = "N", description = "For each run (default: 4).")
  private int seconds = 4;

  @Option(names = "--rounds", paramLabel = "N", description = "(default: 3)")
  private int rounds = 3;

  @Override
  public Integer call() {
    var progress = new Progress();
    List<Tokens> tokens =
        IntStream.range(0, PROVIDERS).mapToObj(i -> new Tokens("provider-" + i)).toList();
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
