package io.convoy.xds;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.convoy.policy.DocumentId;
import io.convoy.snapshot.Snapshots;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the published snapshots to Envoys and other xDS clients: the aggregated discovery service,
 * one for each type of resource, and the client status service, in both variants of the protocol.
 * Thread-safe.
 */
public final class XdsServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(XdsServer.class);

  // An Envoy shows the certificate that it has now with a new connection only: one that was
  // refused must not come back on the same, and none may live on with an expired certificate.
  private static final Duration REFUSED_CONNECTION = Duration.ofSeconds(1);
  private static final Duration CONNECTION_AGE = Duration.ofMinutes(30);
  private static final Duration CONNECTION_GRACE = Duration.ofSeconds(5);

  /** No client has a say in it: it takes as long as this machine does. */
  private static final Duration CLOSED_BY_FORCE = Duration.ofSeconds(10);

  private final Server server;
  private final Fleet fleet;
  private final List<ExecutorService> executors;

  private XdsServer(Server server, Fleet fleet, List<ExecutorService> executors) {
    this.server = server;
    this.fleet = fleet;
    this.executors = executors;
  }

  /**
   * Listens.
   *
   * @throws IOException when the port cannot be had
   */
  public static XdsServer start(
      XdsSettings settings,
      Snapshots snapshots,
      MeterRegistry registry,
      RejectionListener rejections)
      throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(settings.threads(), threads("xds-%d"));
    var alarms = Executors.newSingleThreadScheduledExecutor(threads("xds-timer"));
    var builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(settings.bind(), settings.port()), settings.credentials())
            .executor(pool)
            .keepAliveTime(settings.keepaliveTime().toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(settings.keepaliveTimeout().toNanos(), TimeUnit.NANOSECONDS)
            .permitKeepAliveTime(settings.permitKeepalive().toNanos(), TimeUnit.NANOSECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxInboundMessageSize(settings.maxMessageBytes());
    if (settings.certificates().isPresent()) {
      builder
          .maxConnectionIdle(REFUSED_CONNECTION.toNanos(), TimeUnit.NANOSECONDS)
          .maxConnectionAge(CONNECTION_AGE.toNanos(), TimeUnit.NANOSECONDS)
          .maxConnectionAgeGrace(CONNECTION_GRACE.toNanos(), TimeUnit.NANOSECONDS);
    }
    try {
      return start(
          builder,
          settings,
          snapshots,
          registry,
          rejections,
          pool,
          Timer.of(alarms),
          Versions.CONTENT_HASH,
          List.of(pool, alarms));
    } catch (IOException | RuntimeException e) {
      pool.shutdownNow();
      alarms.shutdownNow();
      throw e;
    }
  }

  /** As {@link #start}, on another transport or clock. */
  static XdsServer start(
      ServerBuilder<?> builder,
      XdsSettings settings,
      Snapshots snapshots,
      MeterRegistry registry,
      RejectionListener rejections,
      Executor executor,
      Timer timer,
      Versions versions,
      List<ExecutorService> executors)
      throws IOException {
    var metrics = new Metrics(registry);
    var fleet = new Fleet(snapshots, settings, metrics, rejections, executor, timer, versions);
    metrics.watch(fleet);
    var gatekeeper = new Gatekeeper(settings.certificates(), metrics, timer);
    var services =
        new DiscoveryServices(fleet, new Admission(settings, metrics, timer), gatekeeper);
    Server server =
        builder
            .addServices(services.definitions())
            .addService(
                ServerInterceptors.intercept(new ClientStatus(fleet), gatekeeper.forAnyService()))
            .build()
            .start();
    return new XdsServer(server, fleet, executors);
  }

  private static java.util.concurrent.ThreadFactory threads(String name) {
    return new ThreadFactoryBuilder().setNameFormat(name).setDaemon(true).build();
  }

  /** The port that the server listens on. */
  public int port() {
    return server.getPort();
  }

  /** The connected nodes by id, and what each was told. */
  public ImmutableList<NodeStatus> nodes() {
    return ImmutableList.copyOf(fleet.nodes());
  }

  /** How many of the connected Envoys have what the document shapes. */
  public Programmed programmed(DocumentId document) {
    return fleet.programmed(document);
  }

  /**
   * The same of all documents, with one look at each stream; documents that concern no connected
   * Envoy are left out.
   */
  public ImmutableMap<DocumentId, Programmed> programmed() {
    return countProgrammed().result();
  }

  ProgrammedCount countProgrammed() {
    return fleet.programmed();
  }

  /**
   * Takes no more streams, ends those that are open, waits for the clients to be told, and closes
   * the connections of those that do not go. The threads end last: without them a connection that
   * is still there would have nobody behind it, and its client would wait there.
   */
  @Override
  public void close() {
    server.shutdown();
    Status goodbye = Status.UNAVAILABLE.withDescription("the control plane is shutting down");
    fleet.streams().forEach(stream -> stream.close(goodbye));
    boolean interrupted = false;
    try {
      if (!endsWithin(fleet.settings().shutdownGrace())) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      server.shutdownNow();
    }
    try {
      if (!endsWithin(CLOSED_BY_FORCE)) {
        log.warn("Connections of xDS clients are still open");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    executors.forEach(ExecutorService::shutdown);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean endsWithin(Duration limit) throws InterruptedException {
    return server.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS);
  }
}
