package io.convoy.cli.demo;

import com.google.common.base.Splitter;
import com.google.common.net.HostAndPort;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.Child;
import io.convoy.cli.local.ChildProcess;
import io.convoy.cli.local.ConsulApi;
import io.convoy.cli.local.ConsulProcess;
import io.convoy.cli.local.EnvoyProcess;
import io.convoy.cli.local.FreePorts;
import io.convoy.cli.local.Launcher;
import io.convoy.cli.local.Logs;
import io.convoy.cli.local.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** All that the demo runs: Consul, instances of services, Convoy, a gateway. */
final class Stage {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int GATEWAY_PORT = 10_000;
  private static final List<String> SERVICE_JVM =
      List.of(
          "-Xmx32m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          // No delay by Nagle's algorithm; a connection that the gateway keeps is kept here, too.
          "-Dsun.net.httpserver.nodelay=true",
          "-Dsun.net.httpserver.idleInterval=3600",
          "-Dsun.net.httpserver.maxIdleConnections=1000");

  private final Path folder;
  private final Report report;
  private final ConsulProcess consul;
  private final Map<String, Child> instances = new ConcurrentHashMap<>();
  private final String xds;
  private final String adminUrl;
  private final String gatewayUrl;
  private final String envoyAdminUrl;

  /** Starts everything; throws {@link FailedException} or {@link IllegalStateException}. */
  Stage(Path folder, Report report) {
    this.folder = folder;
    this.report = report;
    int consulPort = port("Consul", 8500);
    this.consul =
        ConsulProcess.start(
            Launcher.processes(),
            subfolder("consul"),
            new ConsulProcess.Options("demo", consulPort, true, "", List.of(), false));
    report.line("   Consul              %s/ui".formatted(consul.url()));
    for (String id : List.of("user-1", "user-2", "order-1", "order-2")) {
      startInstance(id);
      report.line("   %-19s registered in Consul".formatted(id));
    }
    List<String> addresses = startConvoy();
    this.xds = addresses.get(0);
    this.adminUrl = "http://" + addresses.get(1);
    report.line("   Convoy              xDS %s, admin %s".formatted(addresses.get(0), adminUrl));
    int gatewayPort = port("the gateway", GATEWAY_PORT);
    this.gatewayUrl = "http://127.0.0.1:" + gatewayPort;
    this.envoyAdminUrl = startGateway(addresses.get(0), gatewayPort).adminUrl();
    report.line("   Envoy (the gateway) %s, its own admin %s".formatted(gatewayUrl, envoyAdminUrl));
    long start = System.nanoTime();
    if (!Wait.until(LIMIT, () -> answers("/user/") && answers("/order/"))) {
      throw new FailedException(
          "the gateway does not answer /user/ and /order/ with 200; see its /config_dump, and "
              + adminUrl
              + "/snapshots");
    }
    report.line(
        "   it answers          %d ms after its start"
            .formatted((System.nanoTime() - start) / 1_000_000));
  }

  private boolean answers(String path) {
    return Client.get(gatewayUrl + path).ok();
  }

  ConsulApi consul() {
    return consul.api();
  }

  String consulUrl() {
    return consul.url();
  }

  String adminUrl() {
    return adminUrl;
  }

  String gatewayUrl() {
    return gatewayUrl;
  }

  String envoyAdminUrl() {
    return envoyAdminUrl;
  }

  void killConsul() {
    consul.child().kill();
  }

  void restartConsul() {
    consul.restart();
  }

  /**
   * Starts an instance, such as {@code user-3} of the service {@code user}; returns when it has
   * registered itself, with the time of that.
   */
  long startInstance(String id) {
    String name = id.substring(0, id.lastIndexOf('-'));
    List<String> arguments =
        List.of("demo-service", "--name", name, "--id", id, "--consul", consul.url());
    Child child = startJava(id, SERVICE_JVM, arguments);
    instances.put(id, child);
    return Long.parseLong(awaitLine(id, child, "REGISTERED").get(1));
  }

  /**
   * A service of one instance with its sidecar.
   *
   * @param upstreamPort where its first upstream is, on loopback; 0 without one
   */
  record Member(EnvoyProcess envoy, int upstreamPort) {}

  /** Starts the instance {@code NAME-1} of a service and the Envoy beside it. */
  Member startMember(String name, List<String> upstreams) {
    String id = name + "-1";
    int port = FreePorts.next();
    int upstreamPort = upstreams.isEmpty() ? 0 : FreePorts.next();
    List<String> arguments =
        new ArrayList<>(
            List.of("demo-service", "--name", name, "--id", id, "--consul", consul.url()));
    arguments.addAll(List.of("--sidecar-port", Integer.toString(port)));
    arguments.addAll(List.of("--outbound-port", Integer.toString(FreePorts.next())));
    arguments.add("--upstreams");
    arguments.add(upstreams.isEmpty() ? "" : upstreams.getFirst() + ":" + upstreamPort);
    Child child = startJava(id, SERVICE_JVM, arguments);
    instances.put(id, child);
    awaitLine(id, child, "REGISTERED");
    var bootstrap =
        new Bootstrap(
            "sidecar",
            name,
            id,
            List.of(HostAndPort.fromString(xds)),
            true,
            0,
            port,
            Optional.empty());
    return new Member(
        EnvoyProcess.start(Launcher.processes(), subfolder("envoy-" + id), bootstrap.render()),
        upstreamPort);
  }

  /** Tells an instance to end, and doesn't wait for that. */
  void stopInstance(String id) {
    Child child = instances.remove(id);
    if (child != null) {
      Thread.ofVirtual().name("stop-" + id).start(child::terminate);
    }
  }

  /** Asks an instance itself, past the gateway. */
  Client.Answer tellInstance(String id, String path) {
    String url = "/v1/agent/service/" + id;
    try {
      int port = Client.JSON.readTree(consul.api().get(url)).path("Port").asInt();
      return Client.post("http://127.0.0.1:" + port + path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> startConvoy() {
    List<String> arguments =
        List.of(
            "serve",
            "--consul",
            consul.url(),
            "--xds-port",
            Integer.toString(port("xDS", 18_000)),
            "--admin-port",
            Integer.toString(port("Convoy's admin", 18_001)),
            "--data-dir",
            subfolder("convoy-data").toString());
    // The launcher's own flags, which this JVM was started with.
    List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments();
    Child convoy = startJava("convoy", flags, arguments);
    return awaitLine("Convoy", convoy, "READY").stream()
        .skip(1)
        .map(word -> word.substring(word.indexOf('=') + 1))
        .toList();
  }

  private EnvoyProcess startGateway(String xds, int port) {
    Bootstrap bootstrap =
        new Bootstrap(
            "gateway",
            "gateway",
            "gateway-1",
            List.of(HostAndPort.fromString(xds)),
            true,
            FreePorts.preferring(9901),
            port == GATEWAY_PORT ? 0 : port,
            Optional.empty());
    return EnvoyProcess.start(Launcher.processes(), subfolder("envoy"), bootstrap.render());
  }

  private Child startJava(String name, List<String> flags, List<String> arguments) {
    List<String> command = new ArrayList<>(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.convoy.cli.Main");
    command.addAll(arguments);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return ChildProcess.start(name, java, command, folder);
  }

  /** The words of the first line that starts with the one given, once the child has printed it. */
  private static List<String> awaitLine(String name, Child child, String word) {
    Wait.until(LIMIT, () -> line(child, word).isPresent() || !child.isAlive());
    return line(child, word)
        .map(line -> Splitter.on(' ').splitToList(line))
        .orElseThrow(() ->
            new FailedException(
                "%s did not start:%n%s%n%s"
                    .formatted(name, Logs.tail(child.out()), Logs.tail(child.err()))));
  }

  private static Optional<String> line(Child child, String word) {
    String text = Logs.read(child.out());
    // The last line may not be whole yet.
    return text.substring(0, text.lastIndexOf('\n') + 1)
        .lines()
        .filter(line -> line.startsWith(word + " "))
        .findFirst();
  }

  private int port(String what, int usual) {
    int port = FreePorts.preferring(usual);
    if (port != usual) {
      report.line("   (port %d is in use: %s is on %d)".formatted(usual, what, port));
    }
    return port;
  }

  private Path subfolder(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
