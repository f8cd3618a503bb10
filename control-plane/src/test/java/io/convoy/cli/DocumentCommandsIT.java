package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.ConsulFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** apply, get and delete, on a real Consul. */
class DocumentCommandsIT {
  private static final String SHOP =
      """
      Kind: http-route
      Name: shop
      Rules:
      - Matches: [{Path: {Match: prefix, Value: /shop/}}]
        Services: [{Name: user}]
      """;
  private static final String USER = "Kind: service-defaults\nName: user\nProtocol: grpc\n";

  @SuppressWarnings("NullAway.Init")
  private static ConsulFixture consul;

  @TempDir private Path folder = Path.of("");

  @BeforeAll
  static void startConsul() {
    consul = ConsulFixture.start();
    consul.register("user", "user-1", 8080);
  }

  @AfterAll
  static void stopConsul() {
    consul.close();
  }

  @BeforeEach
  void empty() {
    consul.api().deleteKey("convoy/?recurse");
  }

  @Test
  void documentsAreAppliedPrintedAndDeleted() {
    String file = write("good.yaml", SHOP + "---\n" + USER);
    assertThat(convoy("apply", file).out())
        .isEqualTo("http-route/shop created\nservice-defaults/user created\n");
    assertThat(consul.api().get("/v1/kv/convoy/http-route/shop?raw")).isEqualTo(SHOP);

    String index = consul.api().get("/v1/kv/convoy/http-route/shop");
    assertThat(convoy("apply", folder.toString()).out())
        .isEqualTo("http-route/shop unchanged\nservice-defaults/user unchanged\n");
    assertThat(consul.api().get("/v1/kv/convoy/http-route/shop")).isEqualTo(index);

    assertThat(convoy("get").out()).isEqualTo(SHOP + "---\n" + USER);
    assertThat(convoy("get", "--output", "name", "http-route").out())
        .isEqualTo("http-route/shop\n");
    assertThat(convoy("get", "service-defaults", "user").out()).isEqualTo(USER);
    assertThat(convoy("get", "--output=json", "service-defaults", "user").out())
        .contains("\"Protocol\" : \"grpc\"");

    assertThat(convoy("delete", "http-route", "shop").exitCode()).isZero();
    assertThat(convoy("delete", "http-route", "shop").exitCode()).isEqualTo(1);
    assertThat(convoy("get", "http-route", "shop").err()).contains("http-route/shop is not in KV");
  }

  /** What {@code get} prints, {@code apply} takes: also where only the key says what it is. */
  @Test
  void whatIsPrintedCanBeApplied() {
    consul.putKey("convoy/service-defaults/user", "Protocol: grpc\n");
    String printed = convoy("get").out();
    Cli.Result again = Cli.run(Map.of(), printed, "validate", "--no-envoy", "-");
    assertThat(again.exitCode()).isZero();
    assertThat(printed).contains("service-defaults", "\"user\"", "grpc");
  }

  @Test
  void secretsArePrintedOnDemandOnly() {
    String keys =
        """
        TargetRefs: [{Kind: service, Name: user}]
        APIKeys: {Credentials: [{Client: acme, Key: s3cr3t}], ExtractFrom: [{Headers: [x-key]}]}
        """;
    consul.putKey("convoy/security-policy/keys", keys);
    for (String output : List.of("--output=yaml", "--output=json", "--output=name")) {
      assertThat(convoy("get", output).out()).contains("keys").doesNotContain("s3cr3t");
    }
    assertThat(convoy("get").out()).contains("acme", "<redacted sha256:");
    assertThat(convoy("get", "--show-secrets").out()).contains("s3cr3t").doesNotContain("redacted");
    // What is hidden cannot be applied by mistake.
    String hidden = write("hidden.yaml", convoy("get").out());
    Cli.Result again = convoy("apply", hidden);
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("Credentials[0].Key: had a secret, expected the secret");
  }

  @Test
  void nothingIsWrittenWhenOneDocumentIsRefused() {
    String file = write("bad.yaml", SHOP + "---\nKind: http-rote\nName: x\n");
    Cli.Result result = convoy("apply", file);
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("bad.yaml:7: Kind: had \"http-rote\"", "nothing was written");
    assertThat(convoy("get").out()).isEmpty();
  }

  @Test
  void moreThanATransactionTakesIsWritten() {
    List<String> documents = new ArrayList<>();
    String comment = "# " + "x".repeat(20_000) + "\n";
    for (int i = 0; i < 100; i++) {
      documents.add(comment + USER.replace("Name: user", "Name: user-" + i));
    }
    Cli.Result result = convoy("apply", write("many.yaml", String.join("---\n", documents)));
    assertThat(result.err()).isEmpty();
    assertThat(result.out().lines()).hasSize(100).allMatch(line -> line.endsWith(" created"));
    assertThat(convoy("get", "--output=name").out().lines()).hasSize(100);
  }

  @Test
  void aConsulThatIsNotThereIsReportedAsServeReportsIt() {
    String nobody = "http://127.0.0.1:" + FreePorts.next();
    String file = write("good.yaml", SHOP);
    for (String[] command :
        List.of(
            new String[] {"apply", "--consul", nobody, file},
            new String[] {"apply", "--dry-run", "--consul", nobody, file},
            new String[] {"get", "--consul", nobody})) {
      Cli.Result result = Cli.run(command);
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err())
          .isEqualTo(
              "convoy %s: %s: cannot connect: is a Consul agent running there?\n"
                  .formatted(command[0], nobody));
    }
    assertThat(Cli.run("get", "--consul", nobody, "--consul", consul.url()).exitCode()).isZero();
  }

  @Test
  void aTokenThatMayNotWriteIsReported() {
    try (ConsulFixture guarded = ConsulFixture.builder().acl("the-management-token").start()) {
      String file = write("good.yaml", SHOP);
      Cli.Result result = Cli.run("apply", "--consul", guarded.url(), file);
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err()).contains("403", "--consul-token").hasLineCount(1);
      Cli.Result allowed =
          Cli.run(
              Map.of("CONVOY_CONSUL_TOKEN", "the-management-token"),
              "",
              "apply",
              "--consul",
              guarded.url(),
              file);
      assertThat(allowed.err()).isEmpty();
    }
  }

  @Test
  void theDifferenceIsPrintedAndNothingIsWritten() {
    convoy("apply", write("before.yaml", SHOP));
    String next =
        write(
            "next.yaml",
            SHOP.replace("[{Name: user}]", "[{Name: user}, {Name: nobody}]")
                + """
                ---
                Kind: api-gateway
                Name: edge
                Listeners: [{Name: web, Port: 8080, Protocol: http}]
                """);
    Cli.Result result = convoy("apply", "--dry-run", next);
    assertThat(result.err()).isEmpty();
    assertThat(result.out().lines())
        .contains(
            "http-route/shop changed",
            "api-gateway/edge created",
            "gateway:edge, which is new:",
            "  + listeners/http-8080 (api-gateway/edge)",
            "gateway:gateway:",
            "  ~ routes/http-10000 (http-route/shop)",
            "  no listener that is there changes: no connection is drained",
            "breaks:",
            "  http-route/shop: service \"nobody\" is not in the catalog",
            "nothing was written: --dry-run");
    assertThat(convoy("get").out()).isEqualTo(SHOP);
    assertThat(convoy("apply", "--dry-run", write("same.yaml", SHOP)).out())
        .contains("http-route/shop unchanged\n", "gateway:gateway: nothing changes\n");
  }

  @Test
  void aListenerThatDrainsIsNamed() {
    String gateway =
        "Kind: api-gateway\nName: edge\nListeners: [{Name: web, Port: 8080, Protocol: http}]\n";
    assertThat(convoy("apply", write("before.yaml", gateway)).exitCode()).isZero();
    String next =
        write(
            "next.yaml",
            """
            Kind: client-traffic-policy
            Name: edge
            TargetRefs: [{Kind: api-gateway, Name: edge}]
            ClientIPDetection: {XForwardedFor: {NumTrustedHops: 1}}
            """);
    assertThat(convoy("apply", "--dry-run", next).out())
        .contains(
            "  ~ listeners/http-8080 (client-traffic-policy/edge): its connections are drained\n")
        .doesNotContain("no connection is drained");
  }

  @Test
  void aDeletionsDifferenceIsPrinted() {
    convoy("apply", write("before.yaml", SHOP));
    assertThat(convoy("delete", "--dry-run", "http-route", "shop").out())
        .contains("  - clusters/user", "(http-route/shop)", "nothing was written");
    assertThat(convoy("get").out()).isEqualTo(SHOP);
  }

  /** As {@code serve} does: with mutual TLS, and at the sidecars that it is about. */
  @Test
  void whatMutualTlsAndIntentionsChangeIsPrinted() {
    consul.register("guarded", "guarded", 9001, "convoy-app-port", "9002");
    String mode = "Kind: service-defaults\nName: guarded\nMutualTLSMode: permissive\n";
    assertThat(convoy("apply", "--dry-run", write("mode.yaml", mode)).out())
        .contains(
            "sidecar:guarded:9001:\n  ~ listeners/inbound-9001",
            "its connections are drained\n",
            "nothing was written")
        .doesNotContain("breaks:");
    String intention =
        "Kind: service-intentions\nName: guarded\nSources: [{Name: web, Action: deny}]\n";
    assertThat(convoy("apply", "--dry-run", write("intention.yaml", intention)).out())
        .contains(
            "sidecar:guarded:9001:\n  ~ extensions/service-intentions",
            "(service-intentions/guarded)\n",
            "no connection is drained")
        .doesNotContain("breaks:");
    consul.deregister("guarded");
  }

  private static Cli.Result convoy(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(1, List.of("--consul", consul.url()));
    return Cli.run(all.toArray(String[]::new));
  }

  private String write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
