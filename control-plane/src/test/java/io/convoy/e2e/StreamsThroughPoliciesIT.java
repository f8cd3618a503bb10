package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is under way goes on while traffic policies change, clusters among it. */
class StreamsThroughPoliciesIT {
  private static final List<String> POLICIES =
      List.of(
          "CircuitBreaker: {MaxConnections: %d}",
          "HealthCheck: {PanicThreshold: %d}",
          "Timeout: {TCP: {ConnectTimeout: %ds}, HTTP: {RequestTimeout: 0s}}",
          "LoadBalancer: {Policy: least_request, SlowStart: {Window: %ds}}",
          "HealthCheck: {Passive: {Consecutive5xxErrors: %d}, Active: {Interval: 1s, TCP: {}}}",
          "Compression: {MinContentLength: %d}",
          "FaultInjection: {Delay: {FixedDelay: %dms}}",
          "Retry: {NumRetries: %d}");

  private record Heard(BlockingQueue<String> messages)
      implements StreamObserver<HealthCheckResponse> {
    @Override
    public void onNext(HealthCheckResponse value) {
      messages.add(value.getStatus().name());
    }

    @Override
    public void onError(Throwable failure) {
      messages.add("error: " + failure);
    }

    @Override
    public void onCompleted() {
      messages.add("completed");
    }

    String next() throws InterruptedException {
      return String.valueOf(messages.poll(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void nothingIsCut() throws Exception {
    var health = new HealthStatusManager();
    Server grpc =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(health.getHealthService())
            .build()
            .start();
    try (var consul = ConsulFixture.start();
        var convoy = new ControlPlane(consul.url()).awaitReady();
        var socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var gateway = new Gateway(convoy, "gateway", true).awaitReady()) {
      Thread.ofVirtual().name("websocket").start(() -> upgrades(socket));
      consul.register("socket", "socket-1", socket.getLocalPort(), "convoy-path", "/socket");
      consul.putKey("convoy/service-defaults/calls", "Protocol: grpc\n");
      consul.register("calls", "calls-1", grpc.getPort(), "convoy-path", "/grpc.health.v1.Health/");
      Await.until(
          "the gateway knows both",
          () -> {
            String clusters = gateway.envoy().admin("/clusters");
            return clusters.contains("socket::127.0.0.1") && clusters.contains("calls::127.0.0.1");
          });
      int port = URI.create(gateway.url("/")).getPort();
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
      try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
        client.setSoTimeout(20_000);
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8));
        upgrade(client, in);
        var heard = new Heard(new LinkedBlockingQueue<>());
        HealthGrpc.newStub(channel).watch(HealthCheckRequest.getDefaultInstance(), heard);
        assertThat(heard.next()).isEqualTo("SERVING");
        Await.until(
            "both pass", () -> gateway.envoy().stat("cluster.calls.upstream_rq_active") == 1);
        long updates = gateway.envoy().stat("cluster_manager.cluster_modified");
        long connections =
            gateway.envoy().stat("listener.0.0.0.0_" + port + ".downstream_cx_destroy");

        for (int round = 1; round <= POLICIES.size() * 2; round++) {
          String fields = POLICIES.get(round % POLICIES.size()).formatted(round + 1);
          for (String service : List.of("socket", "calls")) {
            consul.putKey(
                "convoy/backend-traffic-policy/" + service,
                "TargetRefs: [{Kind: service, Name: %s}]\n%s\n".formatted(service, fields));
          }
          awaitProgrammed(convoy, "socket");
          client.getOutputStream().write(("round " + round + "\n").getBytes(UTF_8));
          assertThat(in.readLine()).isEqualTo("pong to round " + round);
          ServingStatus status = round % 2 == 0 ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
          health.setStatus("", status);
          assertThat(heard.next()).isEqualTo(status.name());
        }
        assertThat(gateway.envoy().stat("cluster_manager.cluster_modified"))
            .as("clusters did change")
            .isGreaterThan(updates);
        assertThat(gateway.envoy().stat("listener_manager.listener_modified")).isZero();
        assertThat(gateway.envoy().stat("listener_manager.listener_in_place_updated")).isZero();
        assertThat(gateway.envoy().stat("listener.0.0.0.0_" + port + ".downstream_cx_destroy"))
            .isEqualTo(connections);
      } finally {
        channel.shutdownNow();
      }
    } finally {
      grpc.shutdownNow();
    }
  }

  private static void awaitProgrammed(ControlPlane convoy, String policy) {
    Await.until(
        "the gateway has acknowledged " + policy,
        () ->
            convoy
                .admin("/policies/backend-traffic-policy/" + policy)
                .body()
                .replaceAll("\\s", "")
                .contains("\"programmed\":{\"acked\":1,\"total\":1}"));
  }

  private static void upgrade(Socket client, BufferedReader in) throws IOException {
    client
        .getOutputStream()
        .write(
            "GET /socket HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                .getBytes(UTF_8));
    assertThat(in.readLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
    while (!in.readLine().isEmpty()) {
      // The headers say nothing that matters here.
    }
  }

  /** Answers lines on every connection that asks for an upgrade; health checks just come and go. */
  private static void upgrades(ServerSocket service) {
    while (!service.isClosed()) {
      try {
        Socket socket = service.accept();
        Thread.ofVirtual().name("connection").start(() -> answer(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void answer(Socket connection) {
    try (Socket socket = connection) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      String line = in.readLine();
      while (line != null && !line.isEmpty()) {
        line = in.readLine();
      }
      if (line == null) {
        return;
      }
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                  .getBytes(UTF_8));
      line = in.readLine();
      while (line != null) {
        socket.getOutputStream().write(("pong to " + line + "\n").getBytes(UTF_8));
        line = in.readLine();
      }
    } catch (IOException e) {
      // The gateway has gone.
    }
  }
}
