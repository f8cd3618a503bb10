package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.xds.Make.cluster;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.convoy.fixture.Await;
import io.convoy.policy.DocumentId;
import io.convoy.snapshot.Snapshot;
import io.convoy.snapshot.Snapshots;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.NodeGroup.Role;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.envoyproxy.envoy.service.status.v3.ConfigStatus;
import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server as others use it, over a socket where that matters. */
class XdsServerTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void servesOverASocketAndSaysGoodbye() throws Exception {
    var snapshots = new Snapshots(group -> {});
    snapshots.publish(Snapshot.of(World.GATEWAY, List.of(Make.resource(cluster("a"), 1))));
    XdsServer server =
        XdsServer.start(
            XdsSettings.plain("127.0.0.1", 0),
            snapshots,
            new SimpleMeterRegistry(),
            (group, key, version, message, documents) -> {});
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    var first = new CompletableFuture<DiscoveryResponse>();
    var end = new CompletableFuture<Throwable>();
    StreamObserver<DiscoveryRequest> requests =
        ClusterDiscoveryServiceGrpc.newStub(channel)
            .streamClusters(
                new StreamObserver<>() {
                  @Override
                  public void onNext(DiscoveryResponse response) {
                    first.complete(response);
                  }

                  @Override
                  public void onError(Throwable t) {
                    end.complete(t);
                  }

                  @Override
                  public void onCompleted() {}
                });
    // The type goes without saying on a service of its own.
    requests.onNext(
        DiscoveryRequest.newBuilder()
            .setNode(Node.newBuilder().setId("n").setCluster("gateway"))
            .build());
    DiscoveryResponse response = first.get(30, TimeUnit.SECONDS);
    assertThat(response.getResourcesList()).hasSize(1);
    assertThat(response.getTypeUrl()).isEqualTo(CLUSTERS.typeUrl());
    assertThat(server.nodes()).extracting(NodeStatus::id).containsExactly("n");

    server.close();
    assertThat(Status.fromThrowable(end.get(30, TimeUnit.SECONDS)).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    channel.shutdownNow();
  }

  /** A connection with nobody behind it would keep its client waiting for ever. */
  @Test
  void threadsEndAfterTheConnectionsThatDidNotEndInTime() throws Exception {
    String padding = "x".repeat(1000);
    for (int i = 0; i < 200; i++) {
      world.put(cluster(padding + i), 1);
    }
    world.publish();
    var connections = new AtomicInteger();
    var whenThreadsEnd = new CompletableFuture<Integer>();
    var threads =
        new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
          @Override
          public void shutdown() {
            whenThreadsEnd.complete(connections.get());
            super.shutdown();
          }
        };
    XdsServer server =
        XdsServer.start(
            NettyServerBuilder.forAddress(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .executor(threads)
                .addTransportFilter(counting(connections)),
            impatient(),
            world.snapshots,
            new SimpleMeterRegistry(),
            (group, key, version, message, documents) -> {},
            threads,
            world.clock,
            Versions.CONTENT_HASH,
            List.of(threads));
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      channels.add(
          NettyChannelBuilder.forAddress("127.0.0.1", server.port())
              .usePlaintext()
              .flowControlWindow(65_535)
              .build());
      readNothing(channels.getLast(), "deaf-" + i);
    }
    Await.until(
        "all were sent something",
        () -> server.nodes().stream().filter(XdsServerTest::sentSomething).count() == 20);

    server.close();
    assertThat(whenThreadsEnd.get(30, TimeUnit.SECONDS)).isZero();
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private static boolean sentSomething(NodeStatus node) {
    return node.types().values().stream().anyMatch(type -> type.sent().isPresent());
  }

  private static ServerTransportFilter counting(AtomicInteger connections) {
    return new ServerTransportFilter() {
      @Override
      public Attributes transportReady(Attributes attributes) {
        connections.incrementAndGet();
        return attributes;
      }

      @Override
      public void transportTerminated(Attributes attributes) {
        connections.decrementAndGet();
      }
    };
  }

  /** The server's goodbye cannot reach it: more is before that than the client takes. */
  private static void readNothing(ManagedChannel channel, String id) {
    ClusterDiscoveryServiceGrpc.newStub(channel)
        .streamClusters(
            new ClientResponseObserver<DiscoveryRequest, DiscoveryResponse>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<DiscoveryRequest> requests) {
                requests.disableAutoRequestWithInitial(0);
              }

              @Override
              public void onNext(DiscoveryResponse response) {}

              @Override
              public void onError(Throwable t) {}

              @Override
              public void onCompleted() {}
            })
        .onNext(
            DiscoveryRequest.newBuilder()
                .setNode(Node.newBuilder().setId(id).setCluster("gateway"))
                .build());
  }

  @Test
  void aPortInUseIsAnIoException() throws Exception {
    try (XdsServer server = socket(0)) {
      assertThatThrownBy(() -> socket(server.port())).isInstanceOf(IOException.class);
    }
  }

  private XdsServer socket(int port) throws IOException {
    return XdsServer.start(
        XdsSettings.plain("127.0.0.1", port),
        world.snapshots,
        new SimpleMeterRegistry(),
        (group, key, version, message, documents) -> {});
  }

  // Nodes.

  @Test
  void theNodeIsReadOnceAndTypedIntoItsGroup() {
    Node node =
        Node.newBuilder()
            .setId("s1")
            .setCluster("user")
            .setMetadata(
                Struct.newBuilder()
                    .putFields("role", Value.newBuilder().setStringValue("sidecar").build())
                    .putFields("port", Value.newBuilder().setNumberValue(8080).build()))
            .build();
    Client client = new Client(world.channel, Protocol.DELTA, node);
    client.ask(CLUSTERS);
    world.snapshots.publish(
        Snapshot.of(
            new NodeGroup(Role.SIDECAR, "user", 8080), List.of(Make.resource(cluster("a"), 1))));
    client.accept(CLUSTERS); // which sends no node
    assertThat(world.server.nodes())
        .extracting(NodeStatus::group)
        .hasToString("[sidecar:user:8080]");
  }

  @ParameterizedTest
  @CsvSource({
    "'', gateway, '', node.id is empty",
    "n, gateway, router, 'node.metadata.role is \"router\", expected gateway, sidecar or grpc'",
    "n, '', sidecar, node.cluster is empty"
  })
  void aNodeThatCannotBeServedIsRefusedWithTheReason(
      String id, String cluster, String role, String message) {
    var node = Node.newBuilder().setId(id).setCluster(cluster);
    if (!role.isEmpty()) {
      node.setMetadata(
          Struct.newBuilder().putFields("role", Value.newBuilder().setStringValue(role).build()));
    }
    Client client = new Client(world.channel, Protocol.SOTW, node.build());
    client.ask(CLUSTERS);
    Status status = Status.fromThrowable(java.util.Objects.requireNonNull(client.error()));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains(message);
    assertThat(world.count("convoy.xds.streams.refused", "reason", "node")).isEqualTo(1);
  }

  @Test
  void aTypeThatIsUnknownHereIsCountedAndLeftUnanswered() {
    world.put(cluster("a"), 1).publish();
    Client client = Client.delta(world).ask(CLUSTERS);
    client.accept(CLUSTERS);
    client.send(
        io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl("type.googleapis.com/envoy.service.runtime.v3.Runtime"));
    assertThat(client.quiet()).isTrue();
    assertThat(client.error()).isNull();
    assertThat(world.count("convoy.xds.requests.unknown.type")).isEqualTo(1);
  }

  // Status.

  @Test
  void aNodeIsListedWhileItIsConnected() {
    world.put(cluster("a"), 1).publish();
    Client client = Client.sotw(world).ask(CLUSTERS);
    var reply = client.take();
    TypeStatus before = world.type("sotw", CLUSTERS);
    assertThat(before.subscribed()).containsExactly("*");
    assertThat(before.sent()).contains(reply.version());
    assertThat(before.acked()).isEmpty();
    assertThat(before.nonceAge()).isPresent();
    client.ack(reply);
    TypeStatus after = world.type("sotw", CLUSTERS);
    assertThat(after.acked()).contains(reply.version());
    assertThat(after.nonceAge()).isEmpty();
    client.cancel();
    assertThat(world.server.nodes()).isEmpty();
  }

  @Test
  void aDocumentIsProgrammedWhereEveryEnvoyAcknowledgedWhatItShapes() {
    var document = new DocumentId("service-defaults", "a");
    world.put(cluster("a"), 1).put(cluster("b"), 1).publish();
    assertThat(world.server.programmed(document).total()).isEqualTo(0);
    Client one = Client.delta(world).ask(CLUSTERS);
    Client two = Client.sotw(world).ask(CLUSTERS);
    one.accept(CLUSTERS);
    assertThat(world.server.programmed(document).acked()).isEqualTo(1);
    assertThat(world.server.programmed(document).total()).isEqualTo(2);
    two.accept(CLUSTERS);
    assertThat(world.server.programmed(document).acked()).isEqualTo(2);
    world.put(cluster("a"), 2).publish();
    assertThat(world.server.programmed(document).acked()).isEqualTo(0);
    assertThat(world.server.programmed(new DocumentId("service-defaults", "b")).acked())
        .isEqualTo(2);
  }

  @Test
  void theClientStatusServiceAnswersForTheFleet() {
    world.put(cluster("a"), 1).put(cluster("b"), 1).publish();
    Client client = Client.delta(world).ask(CLUSTERS);
    client.accept(CLUSTERS);
    world.put(cluster("b"), 2).publish();
    client.take();
    var stub = ClientStatusDiscoveryServiceGrpc.newBlockingStub(world.channel);
    var response = stub.fetchClientStatus(ClientStatusRequest.getDefaultInstance());
    assertThat(response.getConfigList()).hasSize(1);
    assertThat(response.getConfig(0).getNode().getId()).isEqualTo("delta");
    assertThat(response.getConfig(0).getGenericXdsConfigsList())
        .extracting(config -> config.getName() + " " + config.getConfigStatus())
        .containsExactly("a " + ConfigStatus.SYNCED, "b " + ConfigStatus.STALE);

    var nobody = ClientStatusRequest.newBuilder();
    nobody.addNodeMatchersBuilder().getNodeIdBuilder().setPrefix("sotw");
    assertThat(stub.fetchClientStatus(nobody.build()).getConfigList()).isEmpty();
    nobody.getNodeMatchersBuilder(0).addNodeMetadatasBuilder();
    assertThatThrownBy(() -> stub.fetchClientStatus(nobody.build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("INVALID_ARGUMENT");
  }

  // Limits.

  @Test
  void streamsBeyondTheMaximumAreRefused() {
    try (World small = new World(limits(1, 1000))) {
      Client first = Client.delta(small).ask(CLUSTERS);
      Client second = Client.sotw(small).ask(CLUSTERS);
      assertThat(first.error()).isNull();
      assertThat(Status.fromThrowable(java.util.Objects.requireNonNull(second.error())).getCode())
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(small.count("convoy.xds.streams.refused", "reason", "streams")).isEqualTo(1);
      first.end();
      assertThat(Client.sotw(small).ask(CLUSTERS).error()).isNull();
    }
  }

  @Test
  void streamsBeyondTheRateAreRefusedUntilTheNextSecond() {
    try (World small = new World(limits(1000, 1))) {
      Client.delta(small).ask(CLUSTERS);
      assertThat(Client.sotw(small).error()).isNotNull();
      small.clock.pass(Duration.ofSeconds(1));
      assertThat(Client.sotw(small).error()).isNull();
    }
  }

  private static XdsSettings limits(int streams, int rate) {
    return settings(streams, rate, XdsSettings.plain("", 0).shutdownGrace());
  }

  private static XdsSettings impatient() {
    return settings(1000, 1000, Duration.ofMillis(50));
  }

  private static XdsSettings settings(int streams, int rate, Duration grace) {
    var d = XdsSettings.plain("", 0);
    return new XdsSettings(
        d.bind(),
        d.port(),
        d.credentials(),
        d.keepaliveTime(),
        d.keepaliveTimeout(),
        d.permitKeepalive(),
        streams,
        rate,
        d.maxMessageBytes(),
        d.orderLimit(),
        d.drainTime(),
        d.rejectionThreshold(),
        grace,
        d.threads());
  }

  @Test
  void streamsAreGaugedByRole() {
    Client.delta(world).ask(CLUSTERS);
    Await.until(
        "a gateway's stream",
        () -> world.meters.get("convoy.xds.streams").tag("role", "gateway").gauge().value() == 1);
  }
}
