package io.convoy.e2e;

import com.google.common.collect.ImmutableList;
import com.google.common.net.HostAndPort;
import io.convoy.Convoy;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
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
import java.util.Optional;

/** A Convoy in this process, as {@code ./convoy serve} starts it. */
final class ControlPlane implements AutoCloseable {
  private final ConsulSettings consul;
  private final Optional<Path> dataDirectory;
  private final int xdsPort;
  private Convoy convoy;

  ControlPlane(String consulUrl) {
    this(consulUrl, Optional.empty());
  }

  ControlPlane(String consulUrl, Optional<Path> dataDirectory) {
    this(ConsulSettings.of(URI.create(consulUrl)), dataDirectory);
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
        Optional.empty());
  }

  private ControlPlane(ConsulSettings consul, Optional<Path> dataDirectory) {
    this.consul = consul;
    this.dataDirectory = dataDirectory;
    this.xdsPort = FreePorts.next();
    this.convoy = start();
  }

  private Convoy start() {
    WriterSettings defaults = WriterSettings.DEFAULT;
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try {
      return Convoy.start(
          new Convoy.Settings(
              Optional.of(consul),
              Optional.empty(),
              new WriterSettings(
                  defaults.publishInterval(),
                  dataDirectory,
                  defaults.saveInterval(),
                  defaults.emptyDelay(),
                  defaults.massShare(),
                  defaults.longestHold()),
              XdsSettings.plain("127.0.0.1", xdsPort),
              new InetSocketAddress(loopback, 0)));
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
    return Http.get("http://127.0.0.1:" + convoy.adminPort() + path);
  }

  /** The bootstrap of a gateway that listens on {@code port}. */
  String bootstrap(String gateway, String nodeId, boolean delta, int port) {
    return new Bootstrap(
            "gateway",
            gateway,
            nodeId,
            ImmutableList.of(HostAndPort.fromParts("127.0.0.1", xdsPort)),
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
