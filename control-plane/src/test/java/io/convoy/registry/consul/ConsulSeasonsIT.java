package io.convoy.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.fixture.Await;
import io.convoy.fixture.Certificates;
import io.convoy.fixture.ConsulFixture;
import io.convoy.policy.RawDocument.Source;
import io.convoy.registry.Recorder;
import io.convoy.registry.consul.ConsulSettings.Consistency;
import io.convoy.registry.consul.ConsulSettings.Tls;
import io.convoy.registry.consul.ConsulSettings.Token;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real Consul that comes late, dies, forgets, hangs, or asks who is there. */
class ConsulSeasonsIT {
  private static final String TOKEN = "5f4dcc3b-5aa7-65d6-1d83-27deb882cf99";

  private final Recorder seen = new Recorder();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void absentAtStartAndThere() throws IOException {
    int port = freePort();
    try (ConsulRegistry registry = start(settings("http://127.0.0.1:" + port))) {
      Await.until("it is told", () -> seen.events().size() >= 3);
      assertThat(seen.events())
          .containsExactlyInAnyOrderElementsOf(
              registry.parts().stream()
                  .map(part ->
                      "down %s: http://127.0.0.1:%d: cannot connect: is a Consul agent running there?"
                          .formatted(part, port))
                  .toList());
      try (ConsulFixture consul = ConsulFixture.builder().httpPort(port).start()) {
        consul.register("user", "user-1", 9001);
        awaitUp(registry);
        Await.until("the service is seen", () -> seen.service("user").isPresent());
      }
    }
  }

  @Test
  void forgetsEverythingInARestart() {
    try (ConsulFixture consul = ConsulFixture.start();
        ConsulRegistry registry = start(settings(consul.url()))) {
      awaitUp(registry);
      consul.register("user", "user-1", 9001);
      consul.putKey("convoy/http-route/shop", "one");
      Await.until("all is seen", () -> port("user") == 9001 && seen.documentCount() == 1);
      consul.kill();
      Await.until("all parts are down", () -> seen.partsUp().isEmpty());
      assertThat(port("user")).isEqualTo(9001);
      assertThat(seen.documentCount()).isEqualTo(1);
      consul.restart();
      awaitUp(registry);
      assertThat(seen.service("user")).isEmpty();
      assertThat(seen.documentCount()).isZero();
      consul.register("user", "user-1", 9002);
      consul.putKey("convoy/http-route/shop", "two");
      Await.until("all is seen again", () -> port("user") == 9002 && seen.documentCount() == 1);
    }
  }

  @Test
  void remembersEverythingInARestart() {
    try (ConsulFixture consul = ConsulFixture.builder().persistent().start();
        ConsulRegistry registry = start(settings(consul.url()))) {
      awaitUp(registry);
      consul.putKey("convoy/http-route/shop", "one");
      Await.until("all is seen", () -> seen.documentCount() == 1);
      consul.kill();
      Await.until("all parts are down", () -> seen.partsUp().isEmpty());
      consul.restart();
      awaitUp(registry);
      assertThat(seen.document(Source.KV, "http-route", "shop")).isPresent();
      consul.putKey("convoy/http-route/shop", "two");
      Await.until(
          "the change is seen",
          () ->
              seen.document(Source.KV, "http-route", "shop")
                  .filter(document -> document.text().equals("two"))
                  .isPresent());
    }
  }

  @Test
  void hangsAndGoesOn() {
    try (ConsulFixture consul = ConsulFixture.start();
        ConsulRegistry registry = start(settings(consul.url()))) {
      awaitUp(registry);
      consul.register("user", "user-1", 9001);
      Await.until("the service is seen", () -> port("user") == 9001);
      consul.freeze();
      Await.until("all parts are down", () -> seen.partsUp().isEmpty());
      assertThat(seen.events()).anyMatch(event -> event.contains("no full answer within"));
      assertThat(port("user")).isEqualTo(9001);
      consul.thaw();
      awaitUp(registry);
      consul.register("user", "user-1", 9002);
      Await.until("the change is seen", () -> port("user") == 9002);
    }
  }

  @Test
  void asksForAToken(@TempDir Path folder) throws IOException {
    try (ConsulFixture consul = ConsulFixture.builder().acl(TOKEN).start()) {
      consul.register("user", "user-1", 9001);
      consul.putKey("convoy/http-route/shop", "one");
      try (ConsulRegistry anonymous = start(settings(consul.url()))) {
        Await.until(
            "two parts are down",
            () -> seen.events().stream().filter(e -> e.startsWith("down")).count() >= 2);
        assertThat(anonymous.parts()).isNotEqualTo(seen.partsUp());
        assertThat(seen.serviceReports()).isZero();
      }
      Path file = Files.writeString(folder.resolve("token"), "not-the-token\n");
      try (ConsulRegistry registry =
          start(settings(consul.url(), new Token.File(file), Tls.NONE, Consistency.DEFAULT))) {
        Await.until(
            "it is refused",
            () -> seen.events().stream().anyMatch(event -> event.contains("answered 403")));
        assertThat(seen.events()).noneMatch(event -> event.contains("not-the-token"));
        Files.writeString(file, TOKEN + "\n");
        awaitUp(registry);
        Await.until("all is seen", () -> port("user") == 9001 && seen.documentCount() == 1);
      }
    }
  }

  @Test
  void asksForACertificate() throws IOException {
    Certificates certificates = Certificates.create();
    int port = freePort();
    String url = "https://127.0.0.1:" + port;
    try (ConsulFixture consul = ConsulFixture.builder().tls(port, certificates, true).start()) {
      consul.register("user", "user-1", 9001);
      Tls tls =
          new Tls(
              Optional.of(certificates.authority()),
              Optional.of(certificates.clientCertificate()),
              Optional.of(certificates.clientKey()));
      Tls withoutCertificate = new Tls(tls.ca(), Optional.empty(), Optional.empty());
      try (ConsulRegistry registry = start(settings(url, null, withoutCertificate))) {
        Await.until("it is refused", () -> seen.events().size() >= registry.parts().size());
        assertThat(seen.partsUp()).isEmpty();
      }
      try (ConsulRegistry registry = start(settings(url, null, tls))) {
        awaitUp(registry);
        Await.until("the service is seen", () -> port("user") == 9001);
        // HTTP/2 carries all queries over one connection.
        assertThat(Connections.to(port)).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Consistency.class)
  void answersInEveryConsistencyMode(Consistency consistency) {
    try (ConsulFixture consul = ConsulFixture.start();
        ConsulRegistry registry = start(settings(consul.url(), null, Tls.NONE, consistency))) {
      awaitUp(registry);
      consul.registerWithCheck("user", "user-1", 9001);
      Await.until("it is critical", () -> health("user", Health.CRITICAL));
      consul.api().report("check-user-1", "pass");
      Await.until("it is passing", () -> health("user", Health.PASSING));
    }
  }

  @Test
  void takesFewConnectionsForManyServices() {
    int services = 300;
    try (ConsulFixture consul = ConsulFixture.start()) {
      ManyServices many = new ManyServices(consul, 20);
      many.register(services, 3);
      many.disconnect();
      try (ConsulRegistry registry = start(ConsulSettings.of(URI.create(consul.url())))) {
        awaitUp(registry);
        assertThat(seen.catalog().services()).hasSize(services);
        for (int service = 0; service < 40; service++) {
          many.check(service, 0, "critical");
          many.put(service + 50, 1, 9999);
        }
        many.flush();
        many.disconnect();
        Await.until(
            "all changes are seen",
            () -> {
              assertThat(Connections.to(consul.port())).isLessThan(20);
              return seen.catalog().services().values().stream()
                      .flatMap(service -> service.instances().stream())
                      .filter(i -> i.health() == Health.CRITICAL || i.port() == 9999)
                      .count()
                  == 80;
            });
        assertThat(Connections.to(consul.port())).isBetween(10L, 19L);
      }
      // The fixture's own connection is kept for 30 s after its last request.
      Await.until("none is left", Duration.ofMinutes(2), () -> Connections.to(consul.port()) == 0);
    }
  }

  private ConsulRegistry start(ConsulSettings settings) {
    ConsulRegistry registry = new ConsulRegistry(settings, meters);
    registry.start(seen);
    return registry;
  }

  private void awaitUp(ConsulRegistry registry) {
    Await.until("all parts are up", () -> seen.partsUp().equals(registry.parts()));
  }

  private int port(String service) {
    return seen.instance(service).map(Instance::port).orElse(0);
  }

  private boolean health(String service, Health health) {
    return seen.instance(service).filter(i -> i.health() == health).isPresent();
  }

  private static ConsulSettings settings(String url) {
    return settings(url, null, Tls.NONE);
  }

  private static ConsulSettings settings(
      String url, @org.jspecify.annotations.Nullable Token token, Tls tls) {
    return settings(url, token, tls, Consistency.DEFAULT);
  }

  /** Short waits, so that a hang is found out soon. */
  private static ConsulSettings settings(
      String url,
      @org.jspecify.annotations.Nullable Token token,
      Tls tls,
      Consistency consistency) {
    return new ConsulSettings(
        ImmutableList.of(URI.create(url)),
        Optional.ofNullable(token),
        tls,
        consistency,
        "",
        Duration.ofSeconds(2),
        Duration.ofSeconds(2),
        "convoy/",
        19);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
