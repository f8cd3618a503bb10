package io.convoy;

import com.google.common.base.Throwables;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.admin.AdminPages;
import io.convoy.admin.AdminServer;
import io.convoy.admin.AdminSettings;
import io.convoy.registry.Registry;
import io.convoy.registry.consul.ConsulRegistry;
import io.convoy.registry.consul.ConsulSettings;
import io.convoy.registry.file.FileRegistry;
import io.convoy.snapshot.SnapshotWriter;
import io.convoy.snapshot.WriterSettings;
import io.convoy.xds.Programmed;
import io.convoy.xds.XdsServer;
import io.convoy.xds.XdsSettings;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane: registries feed the snapshot writer, the writer translates and publishes, the
 * xDS server tells the Envoys, and the admin endpoint shows all of it. This is the map of the
 * house, from top to bottom.
 */
public final class Convoy implements AutoCloseable {

  /**
   * What to run.
   *
   * @param consul the agent to watch, if any
   * @param directory the folder of services and documents to watch, if any
   * @param admin where the admin endpoint listens, and to whom it answers
   */
  public record Settings(
      Optional<ConsulSettings> consul,
      Optional<Path> directory,
      WriterSettings writer,
      XdsSettings xds,
      AdminSettings admin) {}

  private static final Logger log = LoggerFactory.getLogger(Convoy.class);

  private final ImmutableList<Registry> registries;
  private final SnapshotWriter writer;
  private final XdsServer xds;
  private final AdminServer admin;

  private Convoy(
      ImmutableList<Registry> registries, SnapshotWriter writer, XdsServer xds, AdminServer admin) {
    this.registries = registries;
    this.writer = writer;
    this.xds = xds;
    this.admin = admin;
  }

  /**
   * Starts everything and returns when the ports are bound; {@link #ready} tells when snapshots are
   * served.
   *
   * @throws IOException when a port cannot be bound; nothing is left running then
   */
  public static Convoy start(Settings settings) throws IOException {
    PrometheusMeterRegistry metrics = metrics();
    InstantSource clock = InstantSource.system();

    ImmutableList<Registry> registries = registries(settings, metrics);
    ImmutableSet<String> parts =
        registries.stream()
            .flatMap(registry -> registry.parts().stream())
            .collect(ImmutableSet.toImmutableSet());

    SnapshotWriter writer = new SnapshotWriter(parts, settings.writer(), clock, metrics);
    List<AutoCloseable> started = new ArrayList<>();
    try {
      started.add(writer);
      XdsServer xds = startXds(settings.xds(), writer, metrics);
      started.add(xds);
      AdminServer admin = startAdmin(settings.admin(), new AdminPages(writer, xds, metrics, clock));
      started.add(admin);

      writer.start(
          document -> {
            Programmed programmed = xds.programmed(document);
            return programmed.acked() == programmed.total();
          },
          services -> registries.forEach(registry -> registry.certify(services)));
      for (int rank = 0; rank < registries.size(); rank++) {
        started.add(registries.get(rank));
        registries.get(rank).start(writer.listener(rank));
      }
      return new Convoy(registries, writer, xds, admin);
    } catch (IOException | RuntimeException e) {
      close(started.reversed());
      throw e;
    }
  }

  /** The first counts where several name the same instance of a service. */
  private static ImmutableList<Registry> registries(
      Settings settings, PrometheusMeterRegistry metrics) {
    var registries = ImmutableList.<Registry>builder();
    settings
        .consul()
        .ifPresent(consul ->
            registries.add(new ConsulRegistry(consul, metrics, settings.writer().mutualTls())));
    settings.directory().ifPresent(folder -> registries.add(new FileRegistry(folder, metrics)));
    return registries.build();
  }

  private static XdsServer startXds(
      XdsSettings settings, SnapshotWriter writer, PrometheusMeterRegistry metrics)
      throws IOException {
    try {
      return XdsServer.start(settings, writer.snapshots(), metrics, writer::rejected);
    } catch (IOException e) {
      throw cannotListen("xDS", new InetSocketAddress(settings.bind(), settings.port()), e);
    }
  }

  private static AdminServer startAdmin(AdminSettings settings, AdminPages pages)
      throws IOException {
    try {
      return AdminServer.start(settings, pages);
    } catch (IOException e) {
      throw cannotListen("admin", settings.address(), e);
    }
  }

  private static IOException cannotListen(String what, InetSocketAddress address, IOException e) {
    // gRPC's own message does not say why; its cause does.
    return new IOException(
        "%s cannot listen on %s:%d: %s"
            .formatted(
                what,
                address.getHostString(),
                address.getPort(),
                Throwables.getRootCause(e).getMessage()),
        e);
  }

  private static PrometheusMeterRegistry metrics() {
    var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(metrics);
    new JvmThreadMetrics().bindTo(metrics);
    new ProcessorMetrics().bindTo(metrics);
    new UptimeMetrics().bindTo(metrics);
    return metrics;
  }

  /** Completes when snapshots are served for the first time. */
  public CompletableFuture<Void> ready() {
    return writer.ready();
  }

  public int xdsPort() {
    return xds.port();
  }

  public int adminPort() {
    return admin.port();
  }

  /**
   * Stops in the direction of the data: nothing new is read, streams end, what is known is saved.
   */
  @Override
  public void close() {
    List<AutoCloseable> parts = new ArrayList<>(registries);
    parts.addAll(List.of(xds, writer, admin));
    close(parts);
  }

  /** One that fails to close must not keep the others open, nor what is known from being saved. */
  private static void close(List<AutoCloseable> parts) {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        log.error("{} did not close", part.getClass().getSimpleName(), e);
      }
    }
  }
}
