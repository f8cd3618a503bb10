package io.convoy.bench;

import com.google.common.net.HostAndPort;
import io.convoy.bench.measure.ProcessUsage;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.bench.stage.ConvoyProcess;
import io.convoy.bench.stage.ManyServices;
import io.convoy.bench.stage.Stage;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.ConsulProcess;
import io.convoy.cli.local.EnvoyProcess;
import io.convoy.cli.local.FreePorts;
import io.convoy.cli.local.Wait;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a sidecar holds in a small mesh and in a large one, with upstreams declared and without. */
@Command(
    name = "sidecar",
    description = "Looks at what a sidecar holds as the mesh grows.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SidecarCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final double MEBI = 1024 * 1024;
  private static final String DECLARED = "declared";
  private static final String UNDECLARED = "undeclared";
  private static final String CLUSTERS = "cluster_manager.active_clusters";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--services",
      paramLabel = "N",
      split = ",",
      description = "How large the mesh is, one after the other (default: 10,1000).")
  private List<Integer> services = List.of(10, 1000);

  private final Progress progress = new Progress();
  private final Report report = new Report(List.of(DECLARED, UNDECLARED));

  @Override
  public Integer call() throws InterruptedException {
    services.forEach(n -> Flags.positive(Objects.requireNonNull(spec), "--services", n));
    double least = Double.MAX_VALUE;
    double most = 0;
    for (int size : services) {
      double clusters = measure(size);
      least = Math.min(least, clusters);
      most = Math.max(most, clusters);
    }
    report.print(System.out);
    if (least != most) {
      throw new FailedException(
          "a sidecar with declared upstreams holds %.0f to %.0f clusters, expected always as many"
              .formatted(least, most));
    }
    return 0;
  }

  /** How many clusters the sidecar with declared upstreams has. */
  private double measure(int size) throws InterruptedException {
    try (Stage stage = new Stage()) {
      ConsulProcess consul = stage.consul();
      new ManyServices(consul.api()).register(size, 1);
      register(consul, DECLARED, ", \"convoy-upstreams\": \"many-00000,many-00001\"");
      register(consul, UNDECLARED, "");
      ConvoyProcess convoy = stage.convoy(consul);
      EnvoyProcess declared = envoy(stage, convoy, DECLARED);
      EnvoyProcess undeclared = envoy(stage, convoy, UNDECLARED);
      double clusters = look(size, DECLARED, declared, 2);
      look(size, UNDECLARED, undeclared, size);
      return clusters;
    }
  }

  private static void register(ConsulProcess consul, String service, String meta) {
    consul
        .api()
        .register(
            """
            {"Name": "%s", "Address": "127.0.0.1", "Port": %d, "Meta":
              {"convoy-app-port": "1", "convoy-outbound-port": "%d"%s}}\
            """
                .formatted(service, FreePorts.next(), FreePorts.next(), meta));
  }

  private static EnvoyProcess envoy(Stage stage, ConvoyProcess convoy, String service) {
    return stage.envoy(
        new Bootstrap(
                "sidecar",
                service,
                service,
                List.of(HostAndPort.fromParts("127.0.0.1", convoy.xdsPort())),
                true,
                0,
                0,
                Optional.empty())
            .render());
  }

  private double look(int size, String service, EnvoyProcess envoy, int upstreams)
      throws InterruptedException {
    if (!Wait.until(LIMIT, () -> gauge(envoy, CLUSTERS) > upstreams && isReady(envoy))) {
      throw new FailedException(
          "%s has %.0f clusters at %d services".formatted(service, gauge(envoy, CLUSTERS), size));
    }
    double clusters = gauge(envoy, CLUSTERS);
    report.add("clusters at %,d services".formatted(size), service, clusters);
    report.add(
        "listeners at %,d services".formatted(size),
        service,
        gauge(envoy, "listener_manager.total_listeners_active"));
    report.add(
        "RSS at %,d services, MiB".formatted(size),
        service,
        ProcessUsage.of(Stage.pid(envoy.child())).rssBytes() / MEBI);
    progress.line("%s: %.0f clusters at %d services", service, clusters, size);
    return clusters;
  }

  private static boolean isReady(EnvoyProcess envoy) {
    return get(envoy, "/ready").startsWith("LIVE");
  }

  private static double gauge(EnvoyProcess envoy, String name) {
    return get(envoy, "/stats?filter=" + name)
        .lines()
        .filter(line -> line.startsWith(name + ": "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 2)))
        .sum();
  }

  private static String get(EnvoyProcess envoy, String path) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(envoy.adminUrl() + path)).build(),
              BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted");
    }
  }
}
