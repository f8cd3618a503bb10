package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Folders;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** gRPC clients without a proxy find services through Convoy. */
class GrpcClientIT {
  private static final String BOOTSTRAP_PROPERTY = "io.grpc.xds.bootstrapConfig";

  @AfterEach
  void forgetBootstrap() {
    System.clearProperty(BOOTSTRAP_PROPERTY);
  }

  @Test
  void aClientInJavaFollowsAServicesInstances() {
    try (World world = new World()) {
      System.setProperty(BOOTSTRAP_PROPERTY, world.xdsBootstrap("java-client"));
      ManagedChannel channel =
          Grpc.newChannelBuilder("xds:///echo", InsecureChannelCredentials.create()).build();
      try {
        world.followsInstances(() -> ask(channel));
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void aClientInGoFollowsAServicesInstances() throws IOException {
    assumeTrue(GoClient.canBuild(), "go is not on the PATH: its gRPC client is not tried");
    try (World world = new World()) {
      Path bootstrap = Folders.create("go-client").resolve("xds.json");
      Files.writeString(bootstrap, world.xdsBootstrap("go-client"));
      try (GoClient client = GoClient.start("xds:///echo", bootstrap)) {
        world.followsInstances(
            () -> client.lines().isEmpty() ? "nothing" : client.lines().getLast());
      }
    }
  }

  /** The instance that answers, or what goes wrong. */
  private static String ask(ManagedChannel channel) {
    var headers = new AtomicReference<Metadata>();
    try {
      HealthGrpc.newBlockingStub(channel)
          .withInterceptors(
              MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
          .check(HealthCheckRequest.getDefaultInstance());
      return String.valueOf(headers.get().get(GrpcBackend.INSTANCE));
    } catch (StatusRuntimeException e) {
      return e.getStatus().toString();
    }
  }

  /** A service of one instance, and a second one that may take its place. */
  private static final class World implements AutoCloseable {
    private final ConsulFixture consul = ConsulFixture.start();
    private final ControlPlane convoy = new ControlPlane(consul.url()).awaitReady();
    private final GrpcBackend one = new GrpcBackend("echo-1");
    private final GrpcBackend two = new GrpcBackend("echo-2");

    World() {
      consul.putKey(
          "convoy/service-defaults/echo", "Kind: service-defaults\nName: echo\nProtocol: grpc\n");
      consul.register("echo", "echo-1", one.port());
      Await.until("echo is known", () -> convoy.admin("/catalog").body().contains("\"echo-1\""));
    }

    String xdsBootstrap(String nodeId) {
      return """
      {"xds_servers": [{"server_uri": "127.0.0.1:%d", "channel_creds": [{"type": "insecure"}],
          "server_features": ["xds_v3"]}],
       "node": {"id": "%s", "cluster": "shop", "metadata": {"role": "grpc"}}}
      """
          .formatted(convoy.xdsPort(), nodeId);
    }

    /** {@code answer} holds the name of the instance that answered last. */
    void followsInstances(Supplier<String> answer) {
      Await.untilAsserted(() -> assertThat(answer.get()).contains("echo-1"));
      consul.register("echo", "echo-2", two.port());
      Await.untilAsserted(() -> assertThat(answer.get()).contains("echo-2"));
      consul.deregister("echo-2");
      one.close();
      Await.untilAsserted(() -> assertThat(answer.get()).doesNotContain("echo-"));
      consul.register("echo", "echo-2", two.port());
      consul.deregister("echo-1");
      Await.untilAsserted(() -> assertThat(answer.get()).contains("echo-2"));
    }

    @Override
    public void close() {
      convoy.close();
      consul.close();
      one.close();
      two.close();
    }
  }
}
