package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.net.HostAndPort;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.Certificates;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.policy.DocumentId;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.RawDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The documentation's examples, all of them together in a real Consul: each is accepted, and real
 * Envoys take what it becomes.
 */
class ExamplesIT {
  private static final Pattern PORT = Pattern.compile("Port: [0-9]+");
  private static final List<String> SERVICES =
      List.of(
          "user",
          "user-next",
          "user-admin",
          "user-versioned",
          "order",
          "order-next",
          "bank",
          "mail");

  @SuppressWarnings("NullAway.Init")
  private static ConsulFixture consul;

  private static final Certificates FILES = Certificates.create();

  @SuppressWarnings("NullAway.Init")
  private static ControlPlane convoy;

  @SuppressWarnings("NullAway.Init")
  private static Gateway gateway;

  @SuppressWarnings("NullAway.Init")
  private static Gateway edge;

  /** Who may call a service is asked where the calls come in. */
  @SuppressWarnings("NullAway.Init")
  private static EnvoyFixture sidecar;

  @BeforeAll
  static void applyAll() {
    consul = ConsulFixture.start();
    // With a route of its own: a router has a say where no document routes its service.
    SERVICES.forEach(service ->
        consul.register(
            service, service + "-1", FreePorts.next(), "convoy-path", "/by-meta/" + service + "/"));
    consul.register(
        "order",
        "order-2",
        FreePorts.next(),
        "convoy-app-port",
        String.valueOf(FreePorts.next()),
        "convoy-outbound-port",
        String.valueOf(FreePorts.next()));
    DocumentParser.kinds().stream()
        .flatMap(kind -> examples(kind).stream())
        .forEach(document -> consul.putKey("convoy/" + document.id(), text(document)));
    convoy = new ControlPlane(consul.url()).awaitReady();
    gateway = new Gateway(convoy, "gateway", true).awaitReady();
    edge = new Gateway(convoy, "edge", true).awaitReady();
    sidecar = EnvoyFixture.start(sidecar("order"));
    Await.until("the sidecar is ready", sidecar::isReady);
  }

  @AfterAll
  static void endAll() {
    sidecar.close();
    edge.close();
    gateway.close();
    convoy.close();
    consul.close();
  }

  /** Some documents may say nothing that concerns a gateway, but not all of a kind. */
  @ParameterizedTest
  @MethodSource("io.convoy.policy.DocumentParser#kinds")
  void isAcceptedAndProgrammed(String kind) {
    Await.untilAsserted(() -> {
      int concerned = 0;
      for (RawDocument example : examples(kind)) {
        JsonNode status = status(example.id());
        assertThat(condition(status, "Accepted")).as(status.toString()).isEqualTo("True");
        assertThat(condition(status, "Programmed")).as(status.toString()).isEqualTo("True");
        concerned += status.at("/programmed/total").asInt();
      }
      assertThat(concerned).as("Envoys that a %s concerns", kind).isPositive();
    });
  }

  @Test
  void noEnvoyRefusesAnything() {
    Await.untilAsserted(() ->
        assertThat(convoy.admin("/nodes").body())
            .contains(gateway.id(), edge.id())
            .doesNotContain("nacked"));
  }

  private static List<RawDocument> examples(String kind) {
    Path file = Path.of("..", "docs", "examples", kind + ".yaml");
    try {
      return DocumentParser.split(file.toString(), Files.readString(file), 0, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The machine may need the gateway's ports for something else, and has other files. */
  private static String text(RawDocument document) {
    return switch (document.id().kind()) {
      case "api-gateway" ->
          PORT.matcher(document.text()).replaceAll(_ -> "Port: " + FreePorts.next());
      case "terminating-gateway" ->
          document
              .text()
              .replaceAll("/etc/convoy/\\S+-ca.pem", FILES.authority().toString())
              .replaceAll("/etc/convoy/\\S+-client.pem", FILES.clientCertificate().toString())
              .replaceAll("/etc/convoy/\\S+-client-key.pem", FILES.clientKey().toString());
      default -> document.text();
    };
  }

  private static JsonNode status(DocumentId id) throws IOException {
    return JsonMapper.builder().build().readTree(convoy.admin("/policies/" + id).body());
  }

  private static String condition(JsonNode status, String type) {
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition.path("status").asText();
      }
    }
    return "missing";
  }

  private static String sidecar(String service) {
    var xds = HostAndPort.fromParts("127.0.0.1", convoy.xdsPort());
    return new Bootstrap("sidecar", service, service, List.of(xds), true, 0, 0, Optional.empty())
        .render();
  }
}
