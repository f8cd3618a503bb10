package io.convoy.cli.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A Consul agent of one's own: a server by itself on the loopback interface. Not thread-safe; what
 * it returns may be used from any thread.
 */
public final class ConsulProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int ATTEMPTS = 3;

  /**
   * How the agent is started.
   *
   * @param node its node name
   * @param httpPort 0 takes a free one
   * @param persistent whether it keeps its data over a restart; otherwise it is a dev agent, which
   *     starts empty (and with indexes from the beginning)
   * @param token the management token, also for the waiting here; empty where there are no ACLs
   * @param config further configuration, as JSON files
   * @param grpc whether it serves Envoys of its own mesh, by plain gRPC on a free port
   */
  public record Options(
      String node,
      int httpPort,
      boolean persistent,
      String token,
      List<String> config,
      boolean grpc) {
    public static final Options DEV = new Options("convoy-1", 0, false, "", List.of(), false);
  }

  private final Launcher launcher;
  private final Path folder;
  private final Options options;
  private int httpPort;
  private int serverPort;
  private int serfPort;
  private int grpcPort;
  private Child child;

  private ConsulProcess(Launcher launcher, Path folder, Options options) {
    this.launcher = launcher;
    this.folder = folder;
    this.options = options;
    choosePorts();
    this.child = launch();
  }

  /**
   * Starts an agent and returns when it has elected itself and knows its own services. Throws
   * {@link IllegalStateException} with the end of its log where that fails.
   *
   * @param folder an existing, empty folder for its files
   */
  public static ConsulProcess start(Launcher launcher, Path folder, Options options) {
    ConsulProcess consul = new ConsulProcess(launcher, folder, options);
    // Another program may take a port between its choice and the agent's start.
    for (int attempt = 1; !consul.awaitLeader(); attempt++) {
      String log = Logs.tail(consul.child.out());
      consul.child.kill();
      if (attempt == ATTEMPTS || !log.contains("address already in use")) {
        throw new IllegalStateException("Consul did not start:\n" + log);
      }
      consul.choosePorts();
      consul.child = consul.launch();
    }
    return consul;
  }

  /** Where its HTTP API answers, without a slash at the end. */
  public String url() {
    return "http://127.0.0.1:" + httpPort;
  }

  public int httpPort() {
    return httpPort;
  }

  /** Where it serves Envoys of its own mesh; -1 where it does not. */
  public int grpcPort() {
    return grpcPort;
  }

  /** A client with the management token. */
  public ConsulApi api() {
    return new ConsulApi(url(), options.token());
  }

  /** The running agent; another one after {@link #restart}. */
  public Child child() {
    return child;
  }

  /** What it has logged. */
  public String log() {
    return Logs.read(child.out());
  }

  /** Starts it again on the same ports after it was killed, and waits as at first. */
  public void restart() {
    if (child.isAlive()) {
      child.kill();
    }
    child = launch();
    if (!awaitLeader()) {
      throw new IllegalStateException("Consul did not start again:\n" + Logs.tail(child.out()));
    }
  }

  @Override
  public void close() {
    child.kill();
  }

  private void choosePorts() {
    httpPort = options.httpPort() == 0 ? FreePorts.next() : options.httpPort();
    serverPort = FreePorts.next();
    serfPort = FreePorts.next();
    grpcPort = options.grpc() ? FreePorts.next() : -1;
  }

  private Child launch() {
    List<String> arguments = new ArrayList<>(List.of("agent", "-node", options.node()));
    if (options.persistent()) {
      arguments.addAll(
          List.of("-server", "-bootstrap-expect=1", "-ui", "-data-dir", folder + "/data"));
      arguments.addAll(List.of("-config-file", write("persistent.json", PERSISTENT)));
    } else {
      arguments.add("-dev");
    }
    arguments.addAll(List.of("-bind=127.0.0.1", "-client=127.0.0.1", "-log-level=info"));
    arguments.addAll(List.of("-http-port=" + httpPort, "-server-port=" + serverPort));
    arguments.addAll(List.of("-serf-lan-port=" + serfPort, "-serf-wan-port=-1"));
    arguments.addAll(List.of("-dns-port=-1", "-grpc-port=" + grpcPort, "-grpc-tls-port=-1"));
    for (int i = 0; i < options.config().size(); i++) {
      arguments.addAll(List.of("-config-file", write(i + ".json", options.config().get(i))));
    }
    return launcher.start(Program.CONSUL, arguments, folder);
  }

  // The timings of a dev agent, without its empty start.
  private static final String PERSISTENT =
      """
      {"performance": {"raft_multiplier": 1}, "check_update_interval": "0s",
       "disable_update_check": true, "leave_on_terminate": false}
      """;

  private String write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean awaitLeader() {
    Wait.until(START_LIMIT, () -> hasLeader() || !child.isAlive());
    return child.isAlive() && hasLeader();
  }

  private boolean hasLeader() {
    try {
      return api().get("/v1/health/service/consul?passing").contains("serfHealth");
    } catch (UncheckedIOException | IllegalStateException e) {
      return false;
    }
  }
}
