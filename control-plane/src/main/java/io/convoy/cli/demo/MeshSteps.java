package io.convoy.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.cli.demo.Report.Seen;
import io.convoy.cli.demo.Stage.Member;
import io.convoy.cli.local.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the demo shows of services that call each other through their sidecars. */
final class MeshSteps {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Stage stage;
  private Optional<Member> cart = Optional.empty();
  private Optional<Member> stock = Optional.empty();

  MeshSteps(Stage stage) {
    this.stage = stage;
  }

  /** Nothing tells cart's application of certificates: it calls a port on loopback. */
  Seen call() {
    stock = Optional.of(stage.startMember("stock", List.of()));
    cart = Optional.of(stage.startMember("cart", List.of("stock")));
    boolean called = Wait.until(LIMIT, () -> ask().ok());
    Client.Answer answer = ask();
    boolean known = Wait.until(LIMIT, () -> caller().endsWith("/svc/cart"));
    return new Seen(
        called && known && answer.instance().equals("stock-1"),
        "%s was answered by %s%nthe access log of its sidecar has the caller's certificate: %s"
            .formatted(url(), answer.ok() ? answer.instance() : answer, caller()));
  }

  private Client.Answer ask() {
    return Client.get(url());
  }

  private String url() {
    return "http://127.0.0.1:" + cart.orElseThrow().upstreamPort() + "/items";
  }

  /** Who called stock last, as its Envoy saw it. */
  private String caller() {
    return stock
        .orElseThrow()
        .envoy()
        .accessLog()
        .lines()
        .filter(line -> line.contains("\"/items\""))
        .reduce((_, last) -> last)
        .map(MeshSteps::peer)
        .orElse("");
  }

  private static String peer(String line) {
    try {
      return Client.JSON.readTree(line).path("peer").asText();
    } catch (IOException e) {
      return "";
    }
  }

  Seen intend() {
    int before = ask().status();
    intention("deny");
    boolean denied = Wait.until(LIMIT, () -> ask().status() == 403);
    int refused = ask().status();
    intention("allow");
    boolean allowed = Wait.until(LIMIT, () -> ask().ok());
    return new Seen(
        before == 200 && denied && allowed,
        "%d before; denied: %d; allowed again: %d".formatted(before, refused, ask().status()));
  }

  private void intention(String action) {
    stage
        .consul()
        .putKey(
            "convoy/service-intentions/stock",
            """
            Kind: service-intentions
            Name: stock
            Sources: [{Name: cart, Action: %s}]
            """
                .formatted(action));
  }

  /** Another kind of key makes Consul's authority begin anew, with a root of its own. */
  Seen rotate() {
    String rootBefore = root();
    String leafBefore = leaf();
    try (Traffic calls = Traffic.start(List.of(url()))) {
      Wait.until(LIMIT, () -> calls.count() >= Traffic.PER_SECOND);
      stage
          .consul()
          .put(
              "/v1/connect/ca/configuration",
              """
              {"Provider": "consul", "Config": {"PrivateKeyType": "rsa", "PrivateKeyBits": 2048}}\
              """);
      boolean rotated = Wait.until(LIMIT, () -> !leaf().equals(leafBefore));
      int enough = calls.count() + 2 * Traffic.PER_SECOND;
      Wait.until(LIMIT, () -> calls.count() >= enough);
      int failed = calls.failures().size();
      boolean anew = !root().equals(rootBefore);
      return new Seen(
          rotated && anew && failed == 0,
          "Consul has %s root; stock's sidecar shows %s certificate%n%,d calls of cart meanwhile, %d failed%s"
              .formatted(
                  anew ? "a new" : "the former",
                  rotated ? "a new" : "the former",
                  calls.count(),
                  failed,
                  calls.failures().stream().findFirst().map(f -> ": " + f).orElse("")));
    }
  }

  private String root() {
    try {
      return Client.JSON
          .readTree(stage.consul().get("/v1/agent/connect/ca/roots"))
          .path("ActiveRootID")
          .asText();
    } catch (IOException e) {
      return "";
    }
  }

  /** The serial numbers of what stock's Envoy has loaded. */
  private String leaf() {
    StringBuilder serials = new StringBuilder();
    for (JsonNode one :
        Client.get(stock.orElseThrow().envoy().adminUrl() + "/certs").json().path("certificates")) {
      one.path("cert_chain").forEach(c -> serials.append(c.path("serial_number").asText()));
    }
    return serials.toString();
  }
}
