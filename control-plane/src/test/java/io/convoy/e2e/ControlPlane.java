package io.convoy.e2e;

import com.google.common.collect.ImmutableList;
import com.google.common.net.HostAndPort;
import io.convoy.Convoy;
import io.convoy.admin.AdminSettings;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import io.convoy.registry.consul.ConsulSettings;
import io.convoy.snapshot.WriterSettings;
import io.convoy.xds.XdsSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A Convoy in this process, as {@code ./convoy serve} starts it. */
final class ControlPlane implements AutoCloseable {
  private final ConsulSettings consul;
  private final WriterSettings writer;
  private final IntFunction<XdsSettings> xds;
  private final int xdsPort;
  private Convoy convoy;

  ControlPlane(String consulUrl) {
    this(consulUrl, Optional.empty());
  }

  ControlPlane(String consulUrl, Optional<Path> dataDirectory) {
    this(ConsulSettings.of(URI.create(consulUrl)), writer(dataDirectory));
  }

  ControlPlane(String consulUrl, WriterSettings writer) {
    this(ConsulSettings.of(URI.create(consulUrl)), writer);
  }

  static ControlPlane withToken(String consulUrl, String token) {
    ConsulSettings plain = ConsulSettings.of(URI.create(consulUrl));
    return new ControlPlane(
        new ConsulSettings(
            plain.addresses(),
            Optional.of(new ConsulSettings.Token.Value(token)),
            plain.tls(),
            plain.consistency(),
            plain.datacenter(),
            plain.waitTime(),
            plain.hangTimeout(),
            plain.kvPrefix(),
            plain.maxConnections()),
        writer(Optional.empty()));
  }

  /** One that serves xDS otherwise, on the port that it chose. */
  ControlPlane(String consulUrl, IntFunction<XdsSettings> xds) {
    this(ConsulSettings.of(URI.create(consulUrl)), writer(Optional.empty()), xds);
  }

  private ControlPlane(ConsulSettings consul, WriterSettings writer) {
    this(consul, writer, port -> XdsSettings.plain("127.0.0.1", port));
  }

  private ControlPlane(ConsulSettings consul, WriterSettings writer, IntFunction<XdsSettings> xds) {
    this.consul = consul;
    this.writer = writer;
    this.xds = xds;
    this.xdsPort = FreePorts.next();
    this.convoy = start();
  }

  private static WriterSettings writer(Optional<Path> dataDirectory) {
    WriterSettings defaults = WriterSettings.DEFAULT;
    return new WriterSettings(
        defaults.publishInterval(),
        dataDirectory.map(path -> new WriterSettings.DataDirectory(path, Optional.empty())),
        defaults.saveInterval(),
        defaults.emptyDelay(),
        defaults.massShare(),
        defaults.longestHold(),
        defaults.policyInterval());
  }

  private Convoy start() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try {
      return Convoy.start(
          new Convoy.Settings(
              Optional.of(consul),
              Optional.empty(),
              writer,
              xds.apply(xdsPort),
              AdminSettings.open(new InetSocketAddress(loopback, 0))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ControlPlane awaitReady() {
    Await.until("Convoy is ready", () -> admin("/readyz").status() == 200);
    return this;
  }

  /** Ends it and starts another on the same xDS port. */
  void restart() {
    convoy.close();
    convoy = start();
  }

  Http.Response admin(String path) {
    return Http.get(adminUrl() + path);
  }

  String adminUrl() {
    return "http://127.0.0.1:" + convoy.adminPort();
  }

  /**
   * The names and versions of everything that the gateways named are told, as JSON, without their
   * secrets: those are nowhere but in memory.
   */
  String versions(String gateway) {
    Pattern group = Pattern.compile("\"(gateway:" + gateway + ":[0-9]+)\"");
    return group
        .matcher(admin("/snapshots").body())
        .results()
        .map(found -> admin("/snapshots/" + found.group(1)).body())
        .map(json -> json.replaceAll("\\s*\"secrets\"\\s*:\\s*\\{[^}]*\\},?", ""))
        .collect(Collectors.joining());
  }

  /** Starts an Envoy beside the instance of a service that is registered on the port. */
  EnvoyFixture sidecar(String service, int port) {
    return EnvoyFixture.start(
        new Bootstrap(
                "sidecar",
                service,
                service + "-" + port,
                List.of(HostAndPort.fromParts("127.0.0.1", xdsPort())),
                true,
                0,
                port,
                Optional.empty())
            .render());
  }

  int xdsPort() {
    return xdsPort;
  }

  /** A metric's value; 0 while it is not there. */
  double metric(String name) {
    return admin("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  /** The bootstrap of a gateway that listens on {@code port} and asks any of {@code convoys}. */
  static String bootstrap(
      List<ControlPlane> convoys, String gateway, String nodeId, boolean delta, int port) {
    return new Bootstrap(
            "gateway",
            gateway,
            nodeId,
            convoys.stream()
                .map(convoy -> HostAndPort.fromParts("127.0.0.1", convoy.xdsPort))
                .collect(ImmutableList.toImmutableList()),
            delta,
            0,
            port,
            Optional.empty())
        .render();
  }

  @Override
  public void close() {
    convoy.close();
  }
}
