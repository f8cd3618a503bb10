package io.convoy.translation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.io.ByteStreams;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** gRPC, HTTP/2 and WebSocket through a gateway. */
class PassThroughIT {
  private static final MethodDescriptor<String, String> ECHO =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
          .setFullMethodName("convoy.test.Echo/Echo")
          .setRequestMarshaller(new Utf8())
          .setResponseMarshaller(new Utf8())
          .build();

  private static final class Utf8 implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(ByteStreams.toByteArray(stream), UTF_8);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Puts what it is told into a queue. */
  private record Heard(BlockingQueue<String> messages) implements StreamObserver<String> {
    @Override
    public void onNext(String value) {
      messages.add(value);
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

  private static EnvoyFixture gateway(int port, int servicePort, String path, String documents) {
    var instance =
        new Instance(
            "node",
            "one",
            "127.0.0.1",
            servicePort,
            ImmutableSortedSet.of(),
            ImmutableSortedMap.of("convoy-path", path),
            1,
            Health.PASSING,
            Locality.UNKNOWN,
            1);
    Translation translation =
        new Translator(new NodeGroup(NodeGroup.Role.GATEWAY, "gateway", port))
            .translate(
                Catalog.EMPTY.with(List.of(Service.of("echo", List.of(instance))), List.of()),
                GoldenCase.policies(documents));
    var envoy = EnvoyFixture.start(StaticBootstrap.of(translation));
    Await.until("the gateway listens", envoy::isReady);
    return envoy;
  }

  /** Both directions of a stream, at once: by HTTP/2 with prior knowledge on both sides. */
  @Test
  void grpcStreams() throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                ServerServiceDefinition.builder("convoy.test.Echo")
                    .addMethod(
                        ECHO,
                        ServerCalls.asyncBidiStreamingCall((StreamObserver<String> responses) ->
                            new StreamObserver<String>() {
                              @Override
                              public void onNext(String value) {
                                responses.onNext("echo " + value);
                              }

                              @Override
                              public void onError(Throwable failure) {}

                              @Override
                              public void onCompleted() {
                                responses.onCompleted();
                              }
                            }))
                    .build())
            .build()
            .start();
    int port = FreePorts.next();
    String documents = "{Kind: service-defaults, Name: echo, Protocol: grpc}\n";
    try (var envoy = gateway(port, server.getPort(), "/convoy.test.Echo/", documents)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
      try {
        var heard = new Heard(new LinkedBlockingQueue<>());
        var requests =
            ClientCalls.asyncBidiStreamingCall(channel.newCall(ECHO, CallOptions.DEFAULT), heard);
        requests.onNext("one");
        assertThat(heard.next()).isEqualTo("echo one");
        requests.onNext("two");
        assertThat(heard.next()).isEqualTo("echo two");
        requests.onCompleted();
        assertThat(heard.next()).isEqualTo("completed");
      } finally {
        channel.shutdownNow();
      }
      Await.until("access log", () -> envoy.accessLog().contains("\"protocol\":\"HTTP/2\""));
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void webSockets() throws Exception {
    try (var service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().name("websocket").start(() -> answerUpgrade(service));
      int port = FreePorts.next();
      // The timeout is for the answer to the upgrade, not for what follows.
      String documents =
          """
          Kind: http-route
          Name: echo
          Rules:
          - Matches: [{Path: {Match: prefix, Value: /socket}}]
            Filters: {TimeoutFilter: {RequestTimeout: 200ms}}
            Services: [{Name: echo}]
          """;
      try (var envoy = gateway(port, service.getLocalPort(), "/socket", documents);
          var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
        client.setSoTimeout(20_000);
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8));
        client
            .getOutputStream()
            .write(
                """
                GET /socket HTTP/1.1\r
                Host: a.test\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                \r
                """
                    .getBytes(UTF_8));
        assertThat(in.readLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
        assertThat(headers(in)).containsEntry("upgrade", "websocket");
        client.getOutputStream().write("ping\n".getBytes(UTF_8));
        assertThat(in.readLine()).isEqualTo("pong to ping");
        Await.never("the socket moves", Duration.ofMillis(500), () -> ready(in));
        client.getOutputStream().write("more\n".getBytes(UTF_8));
        assertThat(in.readLine()).isEqualTo("pong to more");
        assertThat(envoy.stat("http.http-%d.downstream_cx_upgrades_active".formatted(port)))
            .isEqualTo(1);
      }
    }
  }

  private static boolean ready(BufferedReader in) {
    try {
      return in.ready();
    } catch (IOException e) {
      return true;
    }
  }

  /** Takes one upgrade, then answers lines. */
  private static void answerUpgrade(ServerSocket service) {
    try (Socket socket = service.accept()) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      String request = in.readLine();
      boolean upgrade = "websocket".equals(headers(in).get("upgrade"));
      String answer =
          request.startsWith("GET /socket ") && upgrade
              ? "101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket"
              : "400 Bad Request\r\nContent-Length: 0";
      socket.getOutputStream().write(("HTTP/1.1 " + answer + "\r\n\r\n").getBytes(UTF_8));
      String line = in.readLine();
      while (line != null) {
        socket.getOutputStream().write(("pong to " + line + "\n").getBytes(UTF_8));
        line = in.readLine();
      }
    } catch (IOException e) {
      // The gateway has gone.
    }
  }

  private static Map<String, String> headers(BufferedReader in) throws IOException {
    var headers = new java.util.TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    String line = in.readLine();
    while (line != null && !line.isEmpty()) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
      line = in.readLine();
    }
    return headers;
  }
}
