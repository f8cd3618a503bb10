package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.HostAndPort;
import io.convoy.catalog.Locality;
import io.convoy.fixture.Await;
import io.convoy.fixture.Certificates;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.translation.Translator;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real Envoy takes every bootstrap, without a word about anything deprecated. */
class BootstrapIT {
  private static final List<HostAndPort> TWO =
      List.of(HostAndPort.fromParts("127.0.0.1", 18000), HostAndPort.fromString("[::1]:18002"));

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @CsvSource({
    "gateway, true, 0",
    "gateway, false, 10001",
    "sidecar, true, 0",
    "sidecar, false, 10001"
  })
  void isAccepted(String role, boolean delta, int port) {
    String text =
        new Bootstrap(role, "edge", "edge-1", TWO, delta, 0, port, Optional.empty()).render();
    assertThat(text)
        .contains("cluster: \"edge\"", delta ? "DELTA_GRPC" : "api_type: GRPC\n", "role: " + role)
        .doesNotContain("${");
    assertThat(text.contains("port: 10001")).isEqualTo(port != 0);
    accepted(text);
  }

  @Test
  void tlsFollowsTheFiles() {
    Certificates pem = Certificates.create();
    XdsTls tls = XdsTls.write(folder, pem.authority(), pem.clientCertificate(), pem.clientKey());
    String text =
        new Bootstrap(
                "gateway",
                "edge",
                "edge-1",
                List.of(HostAndPort.fromParts("localhost", 18000)),
                true,
                0,
                0,
                Optional.of(tls))
            .render();
    accepted(text);
    assertThat(text).contains("\"sni\":\"localhost\"", "\"exact\":\"localhost\"");
    assertThat(folder.resolve("convoy-client.sds.yaml"))
        .content()
        .contains(pem.clientKey().toString());
    try (EnvoyFixture envoy = EnvoyFixture.start(text)) {
      // The files' secrets are read by a running Envoy only.
      Await.until(
          "both secrets are loaded",
          () ->
              envoy.stat("sds.convoy-ca.update_success") == 1
                  && envoy.stat("sds.convoy-client.update_success") == 1);
    }
  }

  @Test
  void knowsWhereItStands() {
    String text =
        new Bootstrap(
                "sidecar",
                "order",
                "order-1",
                TWO,
                true,
                0,
                0,
                new Locality("north", "a"),
                Optional.empty())
            .render();
    accepted(text);
    assertThat(text)
        .contains(
            "{\"region\":\"north\",\"zone\":\"a\"}",
            "{\"local_cluster_name\":\"" + Translator.LOCAL_CLUSTER + "\"}");
  }

  @Test
  void namesAreQuoted() {
    String text =
        new Bootstrap("gateway", "a: b\"", "x}\n", TWO, true, 0, 0, Optional.empty()).render();
    accepted(text);
    assertThat(text).contains("cluster: \"a: b\\\"\"", "id: \"x}\\n\"");
  }

  private static void accepted(String bootstrap) {
    var validation = EnvoyFixture.validate(bootstrap);
    assertThat(validation.output()).doesNotContain("warning", "eprecated", "critical");
    assertThat(validation.accepted()).isTrue();
  }
}
