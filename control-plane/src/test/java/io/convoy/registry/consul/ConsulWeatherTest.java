package io.convoy.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.catalog.Instance;
import io.convoy.fixture.Await;
import io.convoy.policy.RawDocument.Source;
import io.convoy.registry.Recorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever Consul does wrong: what was seen stands, one line says why, and it all comes back. */
class ConsulWeatherTest {
  private final FakeConsul consul = new FakeConsul();
  private final Recorder seen = new Recorder();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ConsulRegistry registry =
      new ConsulRegistry(settings(consul), meters, new Random(1));

  @AfterEach
  void stop() {
    registry.close();
    consul.close();
  }

  static ConsulSettings settings(FakeConsul consul) {
    ConsulSettings settings = ConsulSettings.of(consul.url());
    return new ConsulSettings(
        settings.addresses(),
        settings.token(),
        settings.tls(),
        settings.consistency(),
        settings.datacenter(),
        Duration.ofSeconds(2),
        Duration.ofMillis(500),
        settings.kvPrefix(),
        settings.maxConnections());
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(
            "server_error",
            FakeConsul.status(500, "text/plain", "rpc error: something broke"),
            "answered 500: rpc error: something broke"),
        Arguments.of(
            "no_leader",
            FakeConsul.status(500, "text/plain", "No cluster leader"),
            "Consul has no leader (status 500)"),
        Arguments.of(
            "server_error", FakeConsul.status(503, "text/plain", "busy"), "answered 503: busy"),
        Arguments.of(
            "too_many_requests",
            FakeConsul.status(429, "text/plain", "Your IP is issuing too many concurrent"),
            "answered 429: too many connections or requests from this address"),
        Arguments.of(
            "forbidden",
            FakeConsul.status(403, "text/plain", "Permission denied: token lacks 'node:read'"),
            "answered 403: Permission denied: token lacks 'node:read'"),
        Arguments.of(
            "not_consul",
            FakeConsul.status(200, "text/html", "<html>welcome</html>"),
            "does not answer as Consul does (no X-Consul-Index"),
        Arguments.of(
            "not_consul",
            FakeConsul.status(404, "text/html", "<html>not here</html>"),
            "does not answer as Consul does (status 404, a web page)"),
        Arguments.of(
            "not_consul",
            FakeConsul.status(301, "text/plain", ""),
            "does not answer as Consul does (status 301)"),
        Arguments.of("not_consul", FakeConsul.body("many", "[]"), "no X-Consul-Index"),
        Arguments.of("not_consul", FakeConsul.body("0", "[]"), "no X-Consul-Index"),
        Arguments.of("malformed", FakeConsul.body("9", "[{]"), "with malformed JSON"),
        Arguments.of("malformed", FakeConsul.body("9", "\"\""), "with malformed JSON"),
        Arguments.of("truncated", FakeConsul.body("9", "[{"), "ended early"),
        Arguments.of("truncated", FakeConsul.truncated(), "ended early"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void isToldOnceAndNothingIsLost(String reason, FakeConsul.Fault fault, String words) {
    consul.setInstance("user", 9001, 10);
    consul.set("kv/convoy/", kv("http-route/shop", "aGk=", 11), 11);
    startAndAwaitUp();
    consul.fail("internal/ui/nodes", fault);
    consul.fail("kv/", fault);
    consul.set("catalog/services", "{\"user\":[],\"new\":[]}", 20);

    Await.until("both parts are down", () -> seen.partsUp().size() == 1);
    Await.until("it is tried again", () -> errors("kv", reason) >= 3);
    assertThat(seen.service("user")).isPresent();
    assertThat(seen.document(Source.KV, "http-route", "shop")).isPresent();
    List<String> downs = seen.events().stream().filter(e -> e.startsWith("down")).toList();
    assertThat(downs).hasSize(2).allMatch(down -> down.contains(words));
    assertThat(downs).allMatch(down -> down.contains(consul.url().toString()));
    assertThat(errors("all-services", reason)).isPositive();

    consul.setInstance("new", 9002, 20);
    consul.set("kv/convoy/", kv("http-route/other", "aGk=", 21), 21);
    consul.heal();
    awaitUp();
    assertThat(seen.service("user")).isEmpty();
    assertThat(seen.service("new")).isPresent();
    assertThat(seen.document(Source.KV, "http-route", "shop")).isEmpty();
    assertThat(seen.document(Source.KV, "http-route", "other")).isPresent();
  }

  @Test
  void aHangIsGivenUp() {
    consul.setInstance("user", 9001, 10);
    startAndAwaitUp();
    consul.fail("", consul.hang());
    consul.set("catalog/services", "{}", 20);
    Await.until("all parts are down", () -> seen.partsUp().isEmpty());
    assertThat(seen.events()).anyMatch(event -> event.contains("no full answer within"));
    assertThat(seen.service("user")).isPresent();
    consul.heal();
    awaitUp();
    assertThat(seen.service("user")).isPresent();
  }

  @Test
  void aFirstAnswerThatIsAnErrorIsNotEmpty() {
    consul.setInstance("user", 9001, 10);
    consul.fail("", FakeConsul.status(500, "text/plain", "No cluster leader"));
    registry.start(seen);
    Await.until("it is told", () -> seen.events().size() >= 3);
    assertThat(seen.partsUp()).isEmpty();
    assertThat(seen.serviceReports()).isZero();
    consul.heal();
    awaitUp();
    assertThat(seen.service("user")).isPresent();
  }

  @Test
  void anIndexThatGoesBackwardsStartsOver() {
    consul.setInstance("user", 9001, 1000);
    consul.set("kv/convoy/", kv("http-route/shop", "b25l", 1000), 1000);
    startAndAwaitUp();
    // The same index as before with another content: a new life of Consul.
    consul.set("internal/ui/nodes", FakeConsul.node("user", 9002), 12);
    consul.set("catalog/services", "{\"user\":[]}", 12);
    consul.set("kv/convoy/", kv("http-route/shop", "dHdv", 1000), 12);
    awaitPort("user", 9002);
    Await.until(
        "the document is the new one",
        () ->
            seen.document(Source.KV, "http-route", "shop")
                .filter(document -> document.text().equals("two"))
                .isPresent());
    assertThat(meters.find("convoy.consul.index.resets").counters()).isNotEmpty();
    // And it goes on from there, well below where it was.
    consul.setInstance("user", 9003, 13);
    awaitPort("user", 9003);
  }

  @Test
  void aTokenThatMaySeeNothingIsNoEmptyConsul() {
    consul.setInstance("user", 9001, 10);
    consul.set("kv/convoy/", kv("http-route/shop", "aGk=", 11), 11);
    startAndAwaitUp();
    FakeConsul.Fault filtered =
        exchange -> {
          exchange.getResponseHeaders().set("X-Consul-Results-Filtered-By-ACLs", "true");
          FakeConsul.body("30", "[]").answer(exchange);
        };
    FakeConsul.Fault denied = FakeConsul.status(403, "text/plain", "Permission denied");
    consul.fail("internal/ui/nodes", filtered);
    consul.fail(
        "kv/",
        exchange ->
            (String.valueOf(exchange.getRequestURI().getQuery()).contains("recurse")
                    ? filtered
                    : denied)
                .answer(exchange));
    consul.set("catalog/services", "{}", 30);
    Await.until("both parts are down", () -> seen.partsUp().size() == 1);
    assertThat(seen.service("user")).isPresent();
    assertThat(seen.document(Source.KV, "http-route", "shop")).isPresent();
    assertThat(seen.events()).anyMatch(event -> event.contains("the token may see no service"));
  }

  @Test
  void aMissingPrefixIsEmpty() {
    consul.set("kv/convoy/", kv("http-route/shop", "aGk=", 11), 11);
    startAndAwaitUp();
    consul.fail(
        "kv/",
        exchange -> {
          exchange.getResponseHeaders().set("X-Consul-Index", "12");
          exchange.sendResponseHeaders(404, -1);
        });
    Await.until("it is gone", () -> seen.documentCount() == 0);
    assertThat(seen.events()).noneMatch(event -> event.startsWith("down"));
  }

  @Test
  void anUnknownKindOfConfigEntryIsNoFault() {
    consul.fail(
        "config/http-route",
        FakeConsul.status(500, "text/plain", "invalid config entry kind: http-route"));
    startAndAwaitUp();
    assertThat(seen.events()).noneMatch(event -> event.startsWith("down"));
  }

  @Test
  void withoutTheListOfNodesServicesAreReadOneByOne() {
    consul.fail("internal/ui/nodes", FakeConsul.status(404, "text/plain", "Invalid URL path"));
    consul.set("catalog/services", "{\"user\":[],\"user-proxy\":[],\"consul\":[]}", 10);
    consul.set(
        "health/service/user-proxy",
        """
        [{"Node": {"Node": "n1", "Address": "10.0.0.1"},
          "Service": {"Kind": "connect-proxy", "ID": "p", "Service": "user-proxy", "Port": 21000, "Proxy":
            {"DestinationServiceName": "user", "Upstreams": [{"DestinationName": "db", "LocalBindPort": 9191}]}},
          "Checks": []}]
        """,
        10);
    consul.set(
        "health/service/user",
        """
        [{"Node": {"Node": "n1", "Address": "10.0.0.1"},
          "Service": {"ID": "user-1", "Service": "user", "Port": 9001}, "Checks": []}]
        """,
        10);
    startAndAwaitUp();
    awaitPort("user", 9001);
    assertThat(seen.instance("user").orElseThrow().upstreams()).hasToString("[db:9191]");
    consul.set("health/service/user", "[]", 20);
    consul.set("catalog/services", "{\"consul\":[]}", 20);
    Await.until("it is gone", () -> seen.service("user").isEmpty());
  }

  @Test
  void aServerThatDoesNotWaitIsNotAskedInALoop() {
    startAndAwaitUp();
    consul.fail("kv/", FakeConsul.body("5", "[]"));
    int before = consul.requests("kv/convoy/");
    Await.never(
        "more than some requests",
        Duration.ofMillis(1500),
        () -> consul.requests("kv/convoy/") - before > 50);
  }

  @Test
  void theOtherAgentIsAskedWhenOneIsGone() {
    try (FakeConsul other = new FakeConsul()) {
      other.setInstance("user", 9001, 10);
      consul.setInstance("user", 9001, 10);
      ConsulSettings one = settings(consul);
      ConsulSettings both =
          new ConsulSettings(
              com.google.common.collect.ImmutableList.of(consul.url(), other.url()),
              one.token(),
              one.tls(),
              one.consistency(),
              one.datacenter(),
              one.waitTime(),
              one.hangTimeout(),
              one.kvPrefix(),
              one.maxConnections());
      try (ConsulRegistry twoAgents = new ConsulRegistry(both, meters, new Random(1))) {
        twoAgents.start(seen);
        awaitUp();
        consul.close();
        other.setInstance("user", 9002, 20);
        awaitPort("user", 9002);
        awaitUp();
      }
    }
  }

  @Test
  void nothingIsReportedAfterClose() {
    startAndAwaitUp();
    registry.close();
    int reports = seen.serviceReports();
    int events = seen.events().size();
    consul.setInstance("user", 9001, 99);
    Await.never(
        "a report",
        Duration.ofMillis(300),
        () -> seen.serviceReports() != reports || seen.events().size() != events);
  }

  private void startAndAwaitUp() {
    registry.start(seen);
    awaitUp();
  }

  private void awaitUp() {
    Await.until("all parts are up", () -> seen.partsUp().equals(registry.parts()));
  }

  private void awaitPort(String service, int port) {
    Await.until(
        service + " has port " + port,
        () -> seen.instance(service).map(Instance::port).filter(p -> p == port).isPresent());
  }

  private double errors(String query, String reason) {
    return meters
        .find("convoy.consul.errors")
        .tags("query", query, "reason", reason)
        .counters()
        .stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static String kv(String name, String base64, long index) {
    return """
    [{"LockIndex": 0, "Key": "convoy/%s", "Flags": 0, "Value": "%s",
      "CreateIndex": %d, "ModifyIndex": %d}]
    """
        .formatted(name, base64, index, index);
  }
}
