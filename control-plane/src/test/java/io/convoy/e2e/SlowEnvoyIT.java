package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.net.HostAndPort;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.snapshot.SnapshotWriter;
import io.convoy.snapshot.Snapshots;
import io.convoy.snapshot.WriterSettings;
import io.convoy.translation.NodeGroup;
import io.convoy.xds.XdsServer;
import io.convoy.xds.XdsSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An Envoy that is stopped where it stands costs little, and misses nothing. */
class SlowEnvoyIT {
  private static final int PUBLISHES = 2_000;
  private static final int INSTANCES = 200;
  private static final long MOST_BYTES = 10_000_000;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void aStoppedEnvoyCostsLittleAndCatchesUpInOneResponse() throws Exception {
    try (SnapshotWriter writer = writer();
        XdsServer xds = serve(writer)) {
      writer.start(_ -> true);
      writer.listener(0).up("test");
      publish(writer, 0);
      int port = FreePorts.next();
      try (EnvoyFixture envoy = EnvoyFixture.start(bootstrap(xds, port))) {
        Await.until("the gateway is ready", envoy::isReady);
        var published = new Semaphore(0);
        NodeGroup group = writer.snapshots().groups().iterator().next();
        try (Snapshots.Subscription _ =
            writer.snapshots().subscribe(group, _ -> published.release())) {
          published.drainPermits();
          // The first of these also bring what is made once into being.
          for (int i = 1; i <= 200; i++) {
            publishAndWait(writer, i, published);
          }
          awaitEndpoint(envoy, 200);
          Await.until("all is acknowledged", () -> pending(xds) == 0);
          long updates = envoy.stat("cluster.user.update_success");
          double responses = responses();

          envoy.freeze();
          long before = usedBytes();
          for (int i = 201; i <= 200 + PUBLISHES; i++) {
            publishAndWait(writer, i, published);
          }
          assertThat(usedBytes() - before).isLessThan(MOST_BYTES);
          assertThat(responses() - responses).isEqualTo(1);

          envoy.thaw();
          awaitEndpoint(envoy, 200 + PUBLISHES);
          // That which was on its way, and that which brings all that happened since.
          assertThat(envoy.stat("cluster.user.update_success") - updates).isEqualTo(2);
          assertThat(responses() - responses).isEqualTo(2);
        }
      }
    }
  }

  private SnapshotWriter writer() {
    WriterSettings defaults = WriterSettings.DEFAULT;
    return new SnapshotWriter(
        List.of("test"),
        new WriterSettings(
            Duration.ofMillis(1),
            Optional.empty(),
            defaults.saveInterval(),
            defaults.emptyDelay(),
            defaults.massShare(),
            defaults.longestHold(),
            defaults.policyInterval()),
        InstantSource.system(),
        meters);
  }

  private XdsServer serve(SnapshotWriter writer) throws IOException {
    XdsSettings plain = XdsSettings.plain("127.0.0.1", 0);
    Duration longer = Duration.ofMinutes(10);
    return XdsServer.start(
        new XdsSettings(
            plain.bind(),
            plain.port(),
            plain.credentials(),
            longer,
            longer,
            plain.permitKeepalive(),
            plain.maxStreams(),
            plain.newStreamsPerSecond(),
            plain.maxMessageBytes(),
            plain.orderLimit(),
            plain.drainTime(),
            plain.rejectionThreshold(),
            plain.shutdownGrace(),
            plain.threads()),
        writer.snapshots(),
        meters,
        writer::rejected);
  }

  private static String bootstrap(XdsServer xds, int port) {
    return new Bootstrap(
            "gateway",
            "gateway",
            "slow",
            ImmutableList.of(HostAndPort.fromParts("127.0.0.1", xds.port())),
            true,
            0,
            port,
            Optional.empty())
        .render();
  }

  private static void publish(SnapshotWriter writer, int number) {
    List<Instance> instances =
        IntStream.range(0, INSTANCES)
            .mapToObj(i ->
                new Instance(
                    "node",
                    "user-" + i,
                    "127.0.0.1",
                    i == 0 ? 10_000 + number : 20_000 + i,
                    ImmutableSortedSet.of(),
                    ImmutableSortedMap.of("convoy-path", "/user/"),
                    1,
                    Health.PASSING,
                    Locality.UNKNOWN,
                    1))
            .toList();
    writer.listener(0).servicesChanged(List.of(Service.of("user", instances)), List.of());
  }

  private static void publishAndWait(SnapshotWriter writer, int number, Semaphore published)
      throws InterruptedException {
    publish(writer, number);
    assertThat(published.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitEndpoint(EnvoyFixture envoy, int number) {
    Await.until(
        "Envoy has endpoints " + number,
        () -> envoy.admin("/clusters").contains("user::127.0.0.1:" + (10_000 + number) + "::"));
  }

  private static long pending(XdsServer xds) {
    return xds.nodes().stream()
        .flatMap(node -> node.types().values().stream())
        .filter(type -> type.nonceAge().isPresent())
        .count();
  }

  private double responses() {
    return meters.get("convoy.xds.responses").tag("type", "endpoints").counter().count();
  }

  /** The least of several looks: what a collection left for the next one does not count. */
  private static long usedBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least =
          Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }
    return least;
  }
}
