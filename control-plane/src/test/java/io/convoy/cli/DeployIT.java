package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.base.Splitter;
import io.convoy.cli.local.Child;
import io.convoy.cli.local.Launcher;
import io.convoy.cli.local.Program;
import io.convoy.fixture.Certificates;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** What is in {@code deploy/} for a service and its sidecar does what it says. */
class DeployIT {
  private static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();
  private static final String TLS = "/etc/convoy/tls";
  private static final Pattern BOOTSTRAP = Pattern.compile("convoy (bootstrap .*?)(?: > .*)?'$");

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void certificates() throws IOException {
    Certificates pem = Certificates.create();
    Files.copy(pem.authority(), folder.resolve("ca.pem"));
    Files.copy(pem.clientCertificate(), folder.resolve("order.pem"));
    Files.copy(pem.clientKey(), folder.resolve("order-key.pem"));
  }

  private static String read(String file) throws IOException {
    return Files.readString(DEPLOY.resolve(file));
  }

  /** The unit's own command, with the unit's own environment, makes what Envoy takes. */
  @Test
  void theUnitsBootstrapIsAccepted() throws IOException {
    String line =
        read("systemd/convoy-sidecar@.service")
            .lines()
            .filter(one -> one.startsWith("ExecStartPre="))
            .findFirst()
            .orElseThrow();
    Matcher command = BOOTSTRAP.matcher(line);
    assertThat(command.find()).isTrue();
    Map<String, String> environment = new HashMap<>();
    read("systemd/order.env")
        .lines()
        .filter(one -> !one.startsWith("#"))
        .map(one -> Splitter.on('=').limit(2).splitToList(one))
        .forEach(pair -> environment.put("$" + pair.getFirst(), pair.getLast()));
    environment.put("$RUNTIME_DIRECTORY", folder.toString());
    String[] args =
        Splitter.on(' ')
            .splitToStream(command.group(1).replace("%i", "order").replace(TLS, folder.toString()))
            .map(word -> word.replace("\"", ""))
            .map(word -> environment.getOrDefault(word, word))
            .toArray(String[]::new);
    assertThat(args).noneMatch(word -> word.startsWith("$"));

    Cli.Result result = Cli.run(args);
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("cluster: \"order\"", "port: 9001", "convoy.service.consul", "convoy-client");
    assertThat(EnvoyFixture.validate(result.out()).accepted()).isTrue();
  }

  @Test
  void systemdTakesTheUnits() throws Exception {
    Path tool = Path.of("/usr/bin/systemd-analyze");
    assumeTrue(Files.isExecutable(tool), "systemd-analyze");
    for (String unit : List.of("order.service", "convoy-sidecar@.service")) {
      // It wants the programs to be there.
      String text =
          read("systemd/" + unit).replaceAll("(/usr/local/bin|/opt/convoy)/[a-z]+", "/bin/true");
      Files.writeString(folder.resolve(unit.replace("@", "@order")), text);
    }
    var process =
        new ProcessBuilder(
            tool.toString(), "verify", "./order.service", "./convoy-sidecar@order.service");
    process.directory(folder.toFile()).redirectErrorStream(true);
    process.environment().put("SYSTEMD_UNIT_PATH", folder + ":");
    Process verify = process.start();
    String output = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(output.lines().filter(line -> line.contains("order")).toList()).isEmpty();
    assertThat(verify.waitFor()).as(output).isZero();
  }

  @Test
  void consulTakesTheRegistration() {
    try (ConsulFixture consul = ConsulFixture.start()) {
      Child register =
          Launcher.processes()
              .start(
                  Program.CONSUL,
                  List.of(
                      "services",
                      "register",
                      "-http-addr=" + consul.url(),
                      DEPLOY.resolve("systemd/order.json").toString()),
                  folder);
      assertThat(register.waitFor(Duration.ofSeconds(30))).hasValue(0);
      assertThat(Http.get(consul.url() + "/v1/agent/service/order").body())
          .contains("\"convoy-app-port\": \"8080\"", "\"Port\": 9001");
    }
  }

  /** The files lie as they do in the container; they are what the command in them makes. */
  @Test
  void theContainersBootstrapIsWhatTheCommandMakesAndIsAccepted() throws IOException {
    Cli.Result made =
        Cli.run(
            "bootstrap",
            "--role=sidecar",
            "--service=order",
            "--node-id=order-compose",
            "--port=9001",
            "--xds=convoy.test:18000",
            "--xds-ca=" + folder.resolve("ca.pem"),
            "--xds-cert=" + folder.resolve("order.pem"),
            "--xds-key=" + folder.resolve("order-key.pem"));
    assertThat(made.out().replace(folder.toString(), TLS)).isEqualTo(read("compose/order.yaml"));
    for (String file : List.of("convoy-ca.sds.yaml", "convoy-client.sds.yaml")) {
      assertThat(Files.readString(folder.resolve(file)).replace(folder.toString(), TLS))
          .isEqualTo(read("compose/tls/" + file));
    }
    assertThat(EnvoyFixture.validate(made.out()).accepted()).isTrue();
  }

  @Test
  void theSidecarsContainerSharesTheServicesNetwork() throws IOException {
    JsonNode compose =
        JsonMapper.builder().build().valueToTree(new Yaml().load(read("compose/compose.yaml")));
    JsonNode sidecar = compose.at("/services/order-sidecar");
    assertThat(compose.at("/services/order").isObject()).isTrue();
    assertThat(sidecar.path("network_mode").asText()).isEqualTo("service:order");
    assertThat(sidecar.path("volumes")).hasSize(2);
    for (JsonNode volume : sidecar.path("volumes")) {
      String source = Splitter.on(':').splitToList(volume.asText()).getFirst();
      assertThat(DEPLOY.resolve("compose").resolve(source)).exists();
    }
    assertThat(sidecar.path("command").toString()).contains("/etc/convoy/order.yaml");
  }
}
