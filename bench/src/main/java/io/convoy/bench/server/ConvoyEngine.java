package io.convoy.bench.server;

import io.convoy.bench.workload.Workload;
import io.convoy.registry.RegistryListener;
import io.convoy.snapshot.SnapshotWriter;
import io.convoy.snapshot.WriterSettings;
import io.convoy.xds.Programmed;
import io.convoy.xds.XdsServer;
import io.convoy.xds.XdsSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** Convoy as it serves, with the writer and its settings; only the registry is this workload. */
final class ConvoyEngine implements Engine {
  private static final String PART = "workload";

  /** Nothing that disappears is held: what a workload removes is meant. */
  private static final WriterSettings OBEDIENT =
      new WriterSettings(
          WriterSettings.DEFAULT.publishInterval(),
          Optional.empty(),
          WriterSettings.DEFAULT.saveInterval(),
          Duration.ZERO,
          1,
          WriterSettings.DEFAULT.longestHold(),
          WriterSettings.DEFAULT.policyInterval());

  private final SnapshotWriter writer;
  private final RegistryListener registry;
  private final XdsServer server;

  /** {@code streams}: how many may open at once. */
  ConvoyEngine(Workload workload, int streams) throws IOException {
    var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    writer = new SnapshotWriter(Set.of(PART), OBEDIENT, InstantSource.system(), metrics);
    server = XdsServer.start(settings(streams), writer.snapshots(), metrics, writer::rejected);
    writer.start(document -> {
      Programmed programmed = server.programmed(document);
      return programmed.acked() == programmed.total();
    });
    registry = writer.listener(0);
    registry.servicesChanged(workload.catalog().services().values(), Set.of());
    registry.up(PART);
    writer.ready().join();
  }

  private static XdsSettings settings(int streams) {
    XdsSettings usual = XdsSettings.plain("127.0.0.1", 0);
    return new XdsSettings(
        usual.bind(),
        usual.port(),
        usual.credentials(),
        usual.keepaliveTime(),
        usual.keepaliveTimeout(),
        usual.permitKeepalive(),
        Math.max(usual.maxStreams(), streams),
        Math.max(usual.newStreamsPerSecond(), streams),
        usual.maxMessageBytes(),
        usual.orderLimit(),
        usual.drainTime(),
        usual.rejectionThreshold(),
        usual.shutdownGrace(),
        usual.threads());
  }

  @Override
  public int port() {
    return server.port();
  }

  @Override
  public void change(Workload.Change change) {
    registry.servicesChanged(change.services(), change.removed());
  }

  @Override
  public void close() {
    server.close();
    writer.close();
  }
}
