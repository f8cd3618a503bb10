package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.snapshot.WriterSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Consul, Convoy, the services {@code user} and {@code order}, and a gateway of each protocol. */
final class PolicyStage implements AutoCloseable {
  private static final Pattern PROGRAMMED =
      Pattern.compile("\"programmed\":\\{\"acked\":(\\d+),\"total\":(\\d+)}");

  final ConsulFixture consul = ConsulFixture.start();
  final ControlPlane convoy;
  final Backend user = new Backend("user");
  final Backend order = new Backend("order");
  final Gateway delta;
  final Gateway sotw;
  private int version;

  /** {@code interval}: between two changes of a document's limits. */
  PolicyStage(Duration interval) {
    this(interval, consul -> {});
  }

  /** {@code before}: what is in Consul before Convoy starts. */
  PolicyStage(Duration interval, Consumer<ConsulFixture> before) {
    before.accept(consul);
    WriterSettings defaults = WriterSettings.DEFAULT;
    convoy =
        new ControlPlane(
                consul.url(),
                new WriterSettings(
                    defaults.publishInterval(),
                    Optional.empty(),
                    defaults.saveInterval(),
                    Duration.ZERO,
                    1,
                    defaults.longestHold(),
                    interval))
            .awaitReady();
    consul.register("user", "user", user.port(), "convoy-path", "/user/");
    consul.register("order", "order", order.port(), "convoy-path", "/order/");
    delta = new Gateway(convoy, "gateway", true);
    sotw = new Gateway(convoy, "gateway", false);
    for (Gateway gateway : gateways()) {
      gateway.awaitReady().awaitBackend("/user/", "user");
      gateway.awaitBackend("/order/", "order");
    }
  }

  List<Gateway> gateways() {
    return List.of(delta, sotw);
  }

  /** Writes a document, in this version anew, and waits until every gateway has acknowledged it. */
  void put(String id, String text) {
    String mark = "version-" + ++version;
    consul.putKey("convoy/" + id, text.stripTrailing() + "\nMeta: {mark: " + mark + "}\n");
    awaitProgrammed(id, mark);
  }

  /** A limit on a service. */
  void limit(String name, String service, String rules) {
    put(
        "backend-traffic-policy/" + name,
        "TargetRefs: [{Kind: service, Name: %s}]\nRateLimit: {Local: {Rules: [%s]}}"
            .formatted(service, rules));
  }

  void awaitProgrammed(String id, String mark) {
    Await.untilAsserted(() -> {
      String shown = convoy.admin("/policies/" + id).body().replaceAll("\\s", "");
      assertThat(shown).contains(mark);
      Matcher programmed = PROGRAMMED.matcher(shown);
      assertThat(programmed.find()).isTrue();
      assertThat(programmed.group(1)).isEqualTo(programmed.group(2));
      // One that concerns no gateway has been seen by none.
      assertThat(shown).contains("\"type\":\"Programmed\",\"status\":\"True\"");
    });
  }

  /** Deletes a document, and waits until it has no effect any more. */
  void delete(String id) {
    consul.deleteKey("convoy/" + id);
    Await.until(id + " is gone", () -> convoy.admin("/policies/" + id).status() == 404);
  }

  static String statuses(Gateway gateway, int requests, String path, String... headers) {
    return IntStream.range(0, requests)
        .mapToObj(i -> Integer.toString(gateway.get(path, headers).status()))
        .collect(Collectors.joining(" "));
  }

  /** How many listeners the gateways were told, the first included. */
  long listenerUpdates() {
    return gateways().stream()
        .mapToLong(gateway -> gateway.envoy().stat("listener_manager.lds.update_success"))
        .sum();
  }

  @Override
  public void close() {
    delta.close();
    sotw.close();
    convoy.close();
    consul.close();
    user.close();
    order.close();
  }
}
