package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.ConsulFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** validate, apply, get and delete, on a real Consul. */
class DocumentCommandsIT {
  private static final String GOOD =
      """
      Kind: http-route
      Name: shop
      Rules:
      - Matches: [{Path: {Match: prefix, Value: /shop/}}]
        Services: [{Name: user}]
      ---
      Kind: service-defaults
      Name: user
      Protocol: grpc
      """;

  @Test
  void documentsAreAppliedListedAndDeleted(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("good.yaml"), GOOD);
    try (ConsulFixture consul = ConsulFixture.start()) {
      assertThat(run("validate", file.toString())).isZero();
      assertThat(run("apply", "--consul", consul.url(), file.toString())).isZero();
      assertThat(consul.api().get("/v1/kv/convoy/http-route/shop?raw")).contains("/shop/");
      assertThat(consul.api().get("/v1/kv/convoy/?keys"))
          .contains("convoy/http-route/shop", "convoy/service-defaults/user");

      String index = consul.api().get("/v1/kv/convoy/http-route/shop");
      assertThat(run("apply", "--consul", consul.url(), folder.toString())).isZero();
      assertThat(consul.api().get("/v1/kv/convoy/http-route/shop")).isEqualTo(index);

      assertThat(run("get", "--consul", consul.url())).isZero();
      assertThat(run("get", "--consul", consul.url(), "http-route", "shop")).isZero();
      assertThat(run("delete", "--consul", consul.url(), "http-route", "shop")).isZero();
      assertThat(run("delete", "--consul", consul.url(), "http-route", "shop")).isEqualTo(1);
      assertThat(run("get", "--consul", consul.url(), "http-route", "shop")).isEqualTo(1);
    }
  }

  @Test
  void nothingIsWrittenWhenOneDocumentIsRefused(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("bad.yaml"), GOOD + "---\nKind: http-rote\nName: x\n");
    try (ConsulFixture consul = ConsulFixture.start()) {
      assertThat(run("validate", file.toString())).isEqualTo(1);
      assertThat(run("apply", "--consul", consul.url(), file.toString())).isEqualTo(1);
      assertThat(run("get", "--consul", consul.url(), "http-route", "shop")).isEqualTo(1);
    }
  }

  @Test
  void aConsulThatIsNotThereFails(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("good.yaml"), GOOD);
    String nobody = "http://127.0.0.1:" + io.convoy.cli.local.FreePorts.next();
    assertThat(run("apply", "--consul", nobody, file.toString())).isEqualTo(1);
  }

  private static int run(String... args) {
    return Main.run(Map.of(), args);
  }
}
