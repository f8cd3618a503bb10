package io.convoy.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.google.common.collect.ImmutableList;
import com.google.common.net.HostAndPort;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.local.Child;
import io.convoy.cli.local.FreePorts;
import io.convoy.cli.local.Launcher;
import io.convoy.cli.local.Logs;
import io.convoy.cli.local.Program;
import io.convoy.cli.local.Tools;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Folders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One Consul with one set of services and config entries, and two meshes on it: Envoys that Consul
 * configures, and Envoys that Convoy does. Every instance has a sidecar of each. {@code api} (v1
 * and v2) and {@code spare} speak HTTP, {@code db} TCP, and {@code ill} is critical; {@code web}
 * calls them.
 */
final class MeshStage implements AutoCloseable {
  /** Whose Envoys they are. */
  enum Side {
    CONSUL,
    CONVOY
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern REFUSAL = Pattern.compile("update_rejected|config_fail");

  /** Consul's intentions are a part of listeners, of which the old ones last ten minutes else. */
  private static final Launcher DRAINING =
      (program, arguments, folder) ->
          Launcher.processes()
              .start(
                  program,
                  ImmutableList.<String>builder()
                      .addAll(arguments)
                      .add("--drain-time-s", "1")
                      .build(),
                  folder);

  private static final List<String> CALLED = List.of("api", "spare", "db");
  private static final Set<Integer> GIVEN = new HashSet<>();

  /** One that is registered; {@code ports}: where its sidecars take requests. */
  private record Member(String service, String id, Map<Side, Integer> ports, int appPort) {}

  private final ConsulFixture consul;
  private final ControlPlane convoy;
  private final String byDefault;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Map<Side, Map<String, Integer>> upstreams = new TreeMap<>();
  private final Map<Side, Map<String, EnvoyFixture>> envoys = new TreeMap<>();
  private final Map<String, Member> members = new TreeMap<>();
  private final Map<String, MeshMember> callers = new TreeMap<>();
  private int markers;

  /**
   * Starts Consul and Convoy; {@link #start} starts the Envoys.
   *
   * @param byDefault the agent's default intention policy
   */
  MeshStage(String byDefault) {
    this.byDefault = byDefault;
    consul =
        ConsulFixture.builder()
            .grpc()
            .config("{\"default_intention_policy\": \"%s\"}".formatted(byDefault))
            .start();
    convoy = new ControlPlane(consul.url());
    for (Side side : Side.values()) {
      upstreams.put(side, new TreeMap<>());
      envoys.put(side, new TreeMap<>());
    }
  }

  private static <K, V> V at(Map<K, V> map, K key) {
    return Optional.ofNullable(map.get(key)).orElseThrow();
  }

  /** One that was not given before: it stays free until a program takes it. */
  static synchronized int freePort() {
    int port = FreePorts.next();
    return GIVEN.add(port) ? port : freePort();
  }

  ConsulFixture consul() {
    return consul;
  }

  ControlPlane convoy() {
    return convoy;
  }

  /** An instance of {@code api}, {@code spare}, ... with an application of its own. */
  void http(String service, String version) {
    var app = new MeshApp(service, version);
    open.add(app);
    register(service, service + "-" + version, version, app.port(), true, List.of());
  }

  /** An instance that is critical: nobody is to reach it. */
  void ill(String service) {
    var app = new MeshApp(service, "ill");
    open.add(app);
    register(service, service + "-ill", "ill", app.port(), false, List.of());
  }

  void tcp(String service) {
    ServerSocket lines = lines();
    open.add(lines);
    register(service, service + "-1", "1", lines.getLocalPort(), true, List.of());
  }

  /** A service that only calls. */
  void caller(String service, List<String> calls) {
    register(service, service + "-1", "1", freePort(), true, calls);
  }

  private void register(
      String service, String id, String version, int appPort, boolean well, List<String> calls) {
    var member =
        new Member(service, id, Map.of(Side.CONSUL, freePort(), Side.CONVOY, freePort()), appPort);
    members.put(id, member);
    for (String name : calls) {
      upstreams.forEach((_, ports) -> ports.put(name, freePort()));
    }
    String check =
        "{\"CheckID\": \"%s\", \"TTL\": \"1h\", \"Status\": \"%s\"}"
            .formatted("%s", well ? "passing" : "critical");
    consul
        .api()
        .register(
            """
            {"Name": "%s", "ID": "%s", "Address": "127.0.0.1", "Port": %d, "Meta": {"version": "%s", "convoy-app-port": "%d"},
             "Tags": ["v%4$s", "convoy-outbound-port=%d", "convoy-upstreams=%s"], "Check": %s,
             "Connect": {"SidecarService": {"Port": %d, "Check": %s, "Proxy":
               {"LocalServiceAddress": "127.0.0.1", "LocalServicePort": %5$d, "Upstreams": [%s]}}}}
            """
                .formatted(
                    service,
                    id,
                    at(member.ports(), Side.CONVOY),
                    version,
                    appPort,
                    freePort(),
                    calls.stream()
                        .map(name -> name + ":" + at(at(upstreams, Side.CONVOY), name))
                        .collect(Collectors.joining(",")),
                    check.formatted("check-" + id),
                    at(member.ports(), Side.CONSUL),
                    check.formatted("check-proxy-" + id),
                    calls.stream()
                        .map(name ->
                            "{\"DestinationName\": \"%s\", \"LocalBindPort\": %d}"
                                .formatted(name, at(at(upstreams, Side.CONSUL), name)))
                        .collect(Collectors.joining(","))));
  }

  /** Starts two Envoys beside each instance named, and waits until they are ready. */
  void start(String... ids) {
    convoy.awaitReady();
    for (String id : ids) {
      Member member = at(members, id);
      at(envoys, Side.CONSUL).put(id, EnvoyFixture.start(consulBootstrap(member), DRAINING));
      at(envoys, Side.CONVOY).put(id, EnvoyFixture.start(convoyBootstrap(member)));
    }
    envoys.forEach((side, all) ->
        all.forEach((id, envoy) ->
            Await.until("%s's Envoy of %s is ready".formatted(side, id), envoy::isReady)));
  }

  /** As {@code consul connect envoy} prints it. */
  private String consulBootstrap(Member member) {
    Child child =
        Launcher.processes()
            .start(
                Program.CONSUL,
                List.of(
                    "connect",
                    "envoy",
                    "-sidecar-for=" + member.id(),
                    "-bootstrap",
                    "-ignore-envoy-compatibility",
                    "-envoy-binary=" + Tools.find(Program.ENVOY),
                    "-http-addr=" + consul.url(),
                    "-grpc-addr=127.0.0.1:" + consul.grpcPort(),
                    "-admin-bind=127.0.0.1:" + freePort()),
                Folders.create("connect"));
    if (child.waitFor(Duration.ofSeconds(30)).orElse(-1) != 0) {
      throw new IllegalStateException("consul connect envoy: " + Logs.tail(child.err()));
    }
    return Logs.read(child.out());
  }

  private String convoyBootstrap(Member member) {
    return new Bootstrap(
            "sidecar",
            member.service(),
            member.id(),
            List.of(HostAndPort.fromParts("127.0.0.1", convoy.xdsPort())),
            true,
            0,
            at(member.ports(), Side.CONVOY),
            Optional.empty())
        .render();
  }

  /** What Envoys refused of a side's configuration: one line for each counter above 0. */
  List<String> refusals(Side side) {
    return at(envoys, side).entrySet().stream()
        .flatMap(envoy ->
            envoy
                .getValue()
                .admin("/stats?usedonly")
                .lines()
                .filter(line -> REFUSAL.matcher(line).find())
                .filter(line -> !line.endsWith(": 0"))
                .map(line -> envoy.getKey() + " " + line))
        .toList();
  }

  /**
   * Makes these the only intentions, and waits until every Envoy of both sides has them. Each names
   * a source besides that nobody is: they are there when it is. The service's own is written last.
   */
  void intentions(List<JsonNode> entries) {
    Map<String, JsonNode> byName =
        entries.stream()
            .filter(entry -> entry.path("Kind").asText().equals("service-intentions"))
            .collect(Collectors.toMap(entry -> entry.path("Name").asText(), entry -> entry));
    for (String name : CALLED) {
      if (!byName.containsKey(name)) {
        consul.api().deleteConfig("service-intentions", name);
      }
    }
    markers++;
    String general = "marker-%d-all-".formatted(markers);
    String own = "marker-%d-own-".formatted(markers);
    write("*", Optional.ofNullable(byName.get("*")), general);
    for (String name : CALLED) {
      Optional.ofNullable(byName.get(name))
          .ifPresent(entry -> write(name, Optional.of(entry), own));
    }
    envoys.forEach((side, all) ->
        all.forEach((id, envoy) -> {
          String marker = byName.containsKey(at(members, id).service()) ? own : general;
          Await.until(
              "%s's Envoy of %s has %s".formatted(side, id, marker),
              () ->
                  switch (side) {
                    case CONSUL -> has(envoy, marker) && !drains(envoy);
                    case CONVOY -> has(envoy, marker) || closed(at(members, id).service());
                  });
        }));
  }

  private void write(String name, Optional<JsonNode> entry, String marker) {
    var marked = JSON.createObjectNode().put("Kind", "service-intentions").put("Name", name);
    entry.ifPresent(
        given -> given.properties().forEach(field -> marked.set(field.getKey(), field.getValue())));
    ArrayNode sources = JSON.createArrayNode();
    entry.ifPresent(given -> given.path("Sources").forEach(sources::add));
    sources
        .addObject()
        .put("Name", marker)
        .put("Action", byDefault.equals("allow") ? "deny" : "allow");
    marked.set("Sources", sources);
    consul.api().putConfig(marked.toString());
  }

  /**
   * Whether Convoy says that the service can be called by nobody, so that no name is in its rules.
   */
  private boolean closed(String service) {
    return convoy
        .admin("/policies/service-intentions/" + service)
        .body()
        .contains("it takes no connections of sources");
  }

  /** Whether connections from before a change are still judged as they were. */
  private static boolean drains(EnvoyFixture envoy) {
    return envoy.stat("listener_manager.total_listeners_draining") > 0
        || envoy.stat("listener_manager.total_filter_chains_draining") > 0;
  }

  /** Whether the Envoy works by it: what is warming or was refused does not count. */
  private static boolean has(EnvoyFixture envoy, String marker) {
    try {
      for (JsonNode config : JSON.readTree(envoy.admin("/config_dump")).path("configs")) {
        for (JsonNode listener : config.path("dynamic_listeners")) {
          if (listener.path("active_state").toString().contains(marker)) {
            return true;
          }
        }
        if (config.path("ecds_filters").toString().contains(marker)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a caller gets on a side. */
  MeshAnswer ask(Side side, MeshCases.Request request, String... headers) {
    boolean through =
        at(envoys, side).containsKey(request.from() + "-1")
            && at(upstreams, side).containsKey(request.to());
    if (through) {
      return MeshAnswer.to(
          at(at(upstreams, side), request.to()), request.method(), request.path(), headers);
    }
    Member called =
        members.values().stream()
            .filter(member -> member.service().equals(request.to()))
            .findFirst()
            .orElseThrow();
    int port = at(called.ports(), side);
    if (request.from().equals("nobody")) {
      return MeshAnswer.to(port, request.method(), request.path(), headers);
    }
    String line =
        callers
            .computeIfAbsent(request.from(), name -> new MeshMember(consul, name))
            .get(port, request.method(), request.path(), headers);
    return new MeshAnswer(
        line.startsWith("HTTP/1.1 ") ? line.substring(9, 12) : "closed", line, "");
  }

  private static ServerSocket lines() {
    try {
      var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().name("lines").start(() -> serve(server));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void serve(ServerSocket server) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  /** To what looks like a request an answer that looks like one: its callers speak no other. */
  private static void answer(Socket socket) {
    try (socket) {
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String first = String.valueOf(in.readLine());
      for (String line = first; line != null && !line.isEmpty(); ) {
        line = in.readLine();
      }
      if (first.contains("/slow")) {
        Thread.sleep(1_000);
      }
      socket.getOutputStream().write("HTTP/1.1 200 open\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The other side is gone.
    }
  }

  @Override
  public void close() {
    envoys.values().forEach(all -> all.values().forEach(EnvoyFixture::close));
    convoy.close();
    open.forEach(MeshStage::close);
    consul.close();
  }

  private static void close(AutoCloseable one) {
    try {
      one.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static List<Side> sides() {
    return Arrays.asList(Side.values());
  }
}
