package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.xds.Make.cluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.convoy.cli.ServerTls;
import io.convoy.fixture.Await;
import io.convoy.fixture.Certificates;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Leaf;
import io.convoy.fixture.LogLines;
import io.convoy.registry.consul.PemFiles;
import io.convoy.snapshot.Snapshot;
import io.convoy.snapshot.Snapshots;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.NodeGroup.Role;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams over TLS with certificates that Consul's own authority gave out. */
class IdentityIT {
  private static final ConsulFixture CONSUL = ConsulFixture.start();
  private static final Certificates SERVER = Certificates.create();
  private static final Leaf ORDER = Leaf.of(CONSUL, "order");
  private static final Leaf EDGE = Leaf.of(CONSUL, "edge");
  private static final Leaf OPS = Leaf.of(CONSUL, "ops");
  private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
  private static final Snapshots SNAPSHOTS = new Snapshots(group -> {});
  private static final XdsServer XDS = start();
  private static final List<ManagedChannel> CHANNELS = new ArrayList<>();

  private static XdsServer start() {
    for (NodeGroup group :
        List.of(sidecar("order"), sidecar("user"), new NodeGroup(Role.GATEWAY, "edge", 0))) {
      SNAPSHOTS.publish(Snapshot.of(group, List.of(Make.resource(cluster("a"), 1))));
    }
    var tls =
        ServerTls.read(
            SERVER.serverCertificate(), SERVER.serverKey(), Optional.of(ORDER.authority()));
    try {
      return XdsServer.start(
          XdsSettings.of("127.0.0.1", 0, tls.grpc())
              .with(new ClientCertificates(ImmutableSet.of("edge"), ImmutableSet.of("ops"))),
          SNAPSHOTS,
          METERS,
          (group, key, version, message, documents) -> {});
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static NodeGroup sidecar(String service) {
    return new NodeGroup(Role.SIDECAR, service, 0);
  }

  @AfterAll
  static void end() {
    CHANNELS.forEach(ManagedChannel::shutdownNow);
    XDS.close();
    CONSUL.close();
  }

  private static Node node(String id, String role, String cluster) {
    return Node.newBuilder()
        .setId(id)
        .setCluster(cluster)
        .setMetadata(
            Struct.newBuilder().putFields("role", Value.newBuilder().setStringValue(role).build()))
        .build();
  }

  /** A stream, and what came of it: the first response, or the end. */
  private static final class Opened<A> implements StreamObserver<A> {
    final CompletableFuture<A> answer = new CompletableFuture<>();
    final CompletableFuture<Status> end = new CompletableFuture<>();

    @Override
    public void onNext(A value) {
      answer.complete(value);
    }

    @Override
    public void onError(Throwable t) {
      end.complete(Status.fromThrowable(t));
    }

    @Override
    public void onCompleted() {
      end.complete(Status.OK);
    }

    boolean isServed() throws Exception {
      CompletableFuture.anyOf(answer, end).get(30, TimeUnit.SECONDS);
      return answer.isDone();
    }

    Status refusal() throws Exception {
      Status status = end.get(30, TimeUnit.SECONDS);
      assertThat(answer).isNotDone();
      return status;
    }
  }

  private static Opened<?> open(Protocol protocol, Leaf leaf, Node node) {
    return switch (protocol) {
      case SOTW -> sotw(leaf, node);
      case DELTA -> {
        var opened = new Opened<io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse>();
        AggregatedDiscoveryServiceGrpc.newStub(channel(leaf))
            .deltaAggregatedResources(opened)
            .onNext(
                DeltaDiscoveryRequest.newBuilder()
                    .setNode(node)
                    .setTypeUrl(CLUSTERS.typeUrl())
                    .build());
        yield opened;
      }
    };
  }

  private static Opened<?> sotw(Leaf leaf, Node... nodes) {
    var opened = new Opened<io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse>();
    StreamObserver<DiscoveryRequest> requests =
        AggregatedDiscoveryServiceGrpc.newStub(channel(leaf)).streamAggregatedResources(opened);
    for (Node node : nodes) {
      requests.onNext(
          DiscoveryRequest.newBuilder().setNode(node).setTypeUrl(CLUSTERS.typeUrl()).build());
    }
    return opened;
  }

  private static ManagedChannel channel(Leaf leaf) {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress("127.0.0.1", XDS.port(), credentials(leaf)).build();
    CHANNELS.add(channel);
    return channel;
  }

  // gRPC's own client reads no key as Consul writes it.
  private static ChannelCredentials credentials(Leaf leaf) {
    try {
      String key =
          "-----BEGIN PRIVATE KEY-----\n"
              + Base64.getMimeEncoder().encodeToString(PemFiles.privateKey(leaf.key()).getEncoded())
              + "\n-----END PRIVATE KEY-----\n";
      return TlsChannelCredentials.newBuilder()
          .trustManager(SERVER.authority().toFile())
          .keyManager(
              Files.newInputStream(leaf.certificate()),
              new ByteArrayInputStream(key.getBytes(StandardCharsets.US_ASCII)))
          .build();
    } catch (IOException | java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double refused() {
    return METERS.get("convoy.xds.streams.refused").tag("reason", "identity").counter().count();
  }

  @ParameterizedTest
  @EnumSource(Protocol.class)
  void aStreamHasWhatItsCertificateIsForWhateverItsNodeSays(Protocol protocol) throws Exception {
    assertThat(open(protocol, ORDER, node("order-1", "sidecar", "order")).isServed()).isTrue();
    assertThat(open(protocol, EDGE, node("edge-1", "gateway", "edge")).isServed()).isTrue();
    assertThat(open(protocol, OPS, node("ops-1", "gateway", "edge")).isServed()).isTrue();

    String thief = "thief-" + protocol;
    try (var log = new LogLines("io.convoy.xds.Gatekeeper")) {
      double before = refused();
      for (int i = 0; i < 3; i++) {
        Status status = open(protocol, ORDER, node(thief, "sidecar", "user")).refusal();
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription())
            .contains("/svc/order is not for sidecar:user", "a certificate for user");
      }
      assertThat(refused() - before).isEqualTo(3);
      assertThat(log.with(thief)).hasSize(1);
      Status status = open(protocol, ORDER, node(thief, "gateway", "order")).refusal();
      assertThat(status.getDescription()).contains("--xds-gateways");
      assertThat(log.with(thief)).hasSize(2);
    }
    assertThat(XDS.nodes()).extracting(NodeStatus::id).doesNotContain(thief);
  }

  @Test
  void aStreamCannotBecomeAnotherServices() throws Exception {
    var opened = sotw(ORDER, node("o", "sidecar", "order"), node("o", "sidecar", "user"));
    assertThat(opened.end.get(30, TimeUnit.SECONDS).getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    // One that says nothing, or the same again, is the same.
    var same =
        sotw(
            ORDER,
            node("s", "sidecar", "order"),
            Node.getDefaultInstance(),
            node("s", "sidecar", "order"));
    assertThat(same.isServed()).isTrue();
    Await.until(
        "it is there", () -> XDS.nodes().stream().anyMatch(status -> status.id().equals("s")));
  }

  @Test
  void theStatusOfAllIsForThoseWhoMayActForAny() {
    var request = ClientStatusRequest.getDefaultInstance();
    assertThat(
            ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel(OPS))
                .fetchClientStatus(request))
        .isNotNull();
    try {
      ClientStatusDiscoveryServiceGrpc.newBlockingStub(channel(ORDER)).fetchClientStatus(request);
      throw new AssertionError("it was answered");
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityHasNoConnection() throws Exception {
    try (ConsulFixture other = ConsulFixture.start()) {
      Status status =
          open(Protocol.DELTA, Leaf.of(other, "order"), node("order-2", "sidecar", "order"))
              .refusal();
      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  /** Both files are other ones, one after the other; what is open stays open. */
  @Test
  void theServersCertificateIsReadAgain() throws Exception {
    Opened<?> before = open(Protocol.DELTA, ORDER, node("order-3", "sidecar", "order"));
    assertThat(before.isServed()).isTrue();
    Certificates next = Certificates.create();
    move(next.serverKey(), SERVER.serverKey());
    assertThat(open(Protocol.DELTA, ORDER, node("order-4", "sidecar", "order")).isServed())
        .isTrue();
    move(next.serverCertificate(), SERVER.serverCertificate());
    Status status = open(Protocol.DELTA, ORDER, node("order-5", "sidecar", "order")).refusal();
    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    move(next.authority(), SERVER.authority());
    assertThat(open(Protocol.DELTA, ORDER, node("order-6", "sidecar", "order")).isServed())
        .isTrue();
    assertThat(before.end).isNotDone();
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
