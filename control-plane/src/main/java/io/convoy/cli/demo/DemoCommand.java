package io.convoy.cli.demo;

import io.convoy.cli.FailedException;
import io.convoy.cli.local.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the demo. */
@Command(
    name = "demo",
    description = "Starts a Consul, services, Convoy and an Envoy, and shows what changes do.",
    mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--once",
      description = "End after the steps, with exit code 1 if any did otherwise than expected.")
  private boolean once;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("convoy-demo-");
    Report report = new Report(System.out);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(folder, report), "end-demo"));
    report.heading("Starting");
    report.line("   logs are in %s".formatted(folder));
    Stage stage = start(folder, report);
    try (Traffic traffic =
        Traffic.start(List.of(stage.gatewayUrl() + "/user/a", stage.gatewayUrl() + "/order/b"))) {
      new Steps(stage, report, traffic).run();
      report.end(traffic);
    }
    if (!once) {
      explore(stage, report);
      new CountDownLatch(1).await();
    }
    return report.allAsExpected() ? 0 : 1;
  }

  /** At the JVM's end: ends what was started, and keeps the logs where they are of use. */
  private static void end(Path folder, Report report) {
    ChildProcess.killAll();
    if (!report.allAsExpected()) {
      report.line("Logs are in " + folder);
      return;
    }
    try {
      delete(folder);
    } catch (IOException e) {
      report.line("cannot remove " + folder + ": " + e.getMessage());
    }
  }

  private static Stage start(Path folder, Report report) {
    try {
      return new Stage(folder, report);
    } catch (IllegalStateException | UncheckedIOException e) {
      report.failed();
      throw new FailedException(String.valueOf(e.getMessage()));
    } catch (FailedException e) {
      report.failed();
      throw e;
    }
  }

  private static void explore(Stage stage, Report report) {
    report.heading("Everything is still up: Ctrl-C ends it. Have a look:");
    report.line(
        "   the gateway        %s/user/hello   %s/order/7".formatted(stage.gatewayUrl(), "…"));
    report.line("   Convoy             %s/".formatted(stage.adminUrl()));
    report.line(
        "     what it knows    %s/catalog   /policies   /nodes".formatted(stage.adminUrl()));
    report.line("     what it serves   %s/snapshots".formatted(stage.adminUrl()));
    report.line(
        "   Envoy's own view   %s/config_dump   /clusters".formatted(stage.envoyAdminUrl()));
    report.line("   Consul             %s/ui".formatted(stage.consulUrl()));
    report.heading("Try:");
    report.line("   curl -s %s/user/hello".formatted(stage.gatewayUrl()));
    report.line(
        """
           curl -s -X PUT %s/v1/kv/convoy/http-route/mine --data-binary @- <<'EOF'
           Kind: http-route
           Name: mine
           Rules:
           - Matches: [{Path: {Match: prefix, Value: /mine/}}]
             Services: [{Name: user, Weight: 50}, {Name: order, Weight: 50}]
           EOF
           curl -s %s/mine/hello
           curl -s %s/policies/http-route/mine\
        """
            .formatted(stage.consulUrl(), stage.gatewayUrl(), stage.adminUrl()));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
