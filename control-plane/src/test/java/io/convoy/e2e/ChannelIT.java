package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.common.net.HostAndPort;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.ServerTls;
import io.convoy.cli.XdsTls;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.Certificates;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Folders;
import io.convoy.fixture.Leaf;
import io.convoy.fixture.LogLines;
import io.convoy.xds.ClientCertificates;
import io.convoy.xds.XdsSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real Envoys whose certificates are of Consul's own authority, and are not always theirs. */
class ChannelIT {
  private static final String REFUSED = "convoy_xds_streams_refused_total{reason=\"identity\"}";

  private final Certificates server = Certificates.create();

  private ControlPlane convoy(ConsulFixture consul, Leaf leaf) {
    ServerTls tls =
        ServerTls.read(
            server.serverCertificate(), server.serverKey(), Optional.of(leaf.authority()));
    return new ControlPlane(
            consul.url(),
            port ->
                XdsSettings.of("127.0.0.1", port, tls.grpc())
                    .with(new ClientCertificates(ImmutableSet.of("gateway"), ImmutableSet.of())))
        .awaitReady();
  }

  private EnvoyFixture envoy(
      ControlPlane convoy, String role, String name, boolean delta, Leaf own) {
    XdsTls tls =
        XdsTls.write(Folders.create("sds"), server.authority(), own.certificate(), own.key());
    return EnvoyFixture.start(
        new Bootstrap(
                role,
                name,
                name + "-1",
                List.of(HostAndPort.fromParts("127.0.0.1", convoy.xdsPort())),
                delta,
                0,
                FreePorts.next(),
                Optional.of(tls))
            .render());
  }

  private static boolean isServed(ControlPlane convoy, String node) {
    return convoy.admin("/nodes/" + node).body().contains("\"listeners\"");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEnvoyHasNothingUntilItsFilesHoldTheCertificateOfItsService(boolean delta) {
    try (ConsulFixture consul = ConsulFixture.start();
        LogLines log = new LogLines("io.convoy.xds.Gatekeeper")) {
      consul.register("order", "order", FreePorts.next(), "convoy-app-port", "8080");
      consul.register("user", "user", FreePorts.next(), "convoy-app-port", "8081");
      Leaf files = Leaf.of(consul, "user");
      try (ControlPlane convoy = convoy(consul, files);
          EnvoyFixture envoy = envoy(convoy, "sidecar", "order", delta, files)) {
        Await.until("it was refused three times", () -> convoy.metric(REFUSED) >= 3);
        assertThat(log.with("order-1")).singleElement().asString().contains("/svc/user");
        assertThat(envoy.log()).contains("is not for sidecar:order");
        assertThat(envoy.stat("cluster_manager.cds.update_success")).isZero();
        assertThat(isServed(convoy, "order-1")).isFalse();

        files.replaceWith(Leaf.of(consul, "order"));
        Await.until("it is served", () -> isServed(convoy, "order-1"));
        Await.until("it is ready", envoy::isReady);
        assertThat(envoy.stat("cluster_manager.cds.update_success")).isPositive();

        // Once more another's, which a new connection shows: what it has it keeps.
        files.replaceWith(Leaf.of(consul, "user"));
        convoy.restart();
        Await.until("it is refused again", () -> convoy.metric(REFUSED) >= 1);
        assertThat(isServed(convoy, "order-1")).isFalse();
        assertThat(envoy.isReady()).isTrue();
      }
    }
  }

  @Test
  void aGatewaysConfigurationIsForGateways() {
    try (ConsulFixture consul = ConsulFixture.start()) {
      consul.register("order", "order", FreePorts.next(), "convoy-path", "/order/");
      Leaf service = Leaf.of(consul, "order");
      Leaf gateway = Leaf.of(consul, "gateway");
      try (ControlPlane convoy = convoy(consul, service);
          EnvoyFixture real = envoy(convoy, "gateway", "gateway", true, gateway);
          EnvoyFixture thief = envoy(convoy, "gateway", "order", true, service)) {
        Await.until("the gateway is served", () -> isServed(convoy, "gateway-1"));
        Await.until("and ready", real::isReady);
        Await.until("the other is refused", () -> convoy.metric(REFUSED) >= 1);
        Await.until("and told why", () -> thief.log().contains("--xds-gateways"));
        assertThat(thief.stat("cluster_manager.cds.update_success")).isZero();
      }
    }
  }
}
