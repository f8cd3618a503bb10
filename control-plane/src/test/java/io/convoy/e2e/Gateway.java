package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.cli.local.FreePorts;
import io.convoy.cli.local.Launcher;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A real Envoy gateway on a port of its own. */
final class Gateway implements AutoCloseable {
  private final int port = FreePorts.next();
  private final String id;
  private final EnvoyFixture envoy;

  Gateway(ControlPlane convoy, String name, boolean delta) {
    this(convoy, name, delta, Launcher.processes());
  }

  Gateway(ControlPlane convoy, String name, boolean delta, Launcher launcher) {
    this(List.of(convoy), name, delta, bootstrap -> bootstrap, launcher);
  }

  /** One that asks any of several Convoys, and whose bootstrap is another. */
  Gateway(List<ControlPlane> convoys, String name, boolean delta, UnaryOperator<String> otherwise) {
    this(convoys, name, delta, otherwise, Launcher.processes());
  }

  private Gateway(
      List<ControlPlane> convoys,
      String name,
      boolean delta,
      UnaryOperator<String> otherwise,
      Launcher launcher) {
    id = name + "-" + port;
    envoy =
        EnvoyFixture.start(
            otherwise.apply(ControlPlane.bootstrap(convoys, name, id, delta, port)), launcher);
  }

  /** Its {@code node.id}. */
  String id() {
    return id;
  }

  /**
   * The counters of all updates that it took over, by resource; without the slots of listeners: one
   * that is empty is answered anew when an Envoy comes back, and is still empty.
   */
  List<String> updates() {
    return envoy
        .admin("/stats?filter=update_success")
        .lines()
        .filter(line -> !line.startsWith("cluster.convoy."))
        .filter(line -> !line.startsWith("extension_config_discovery."))
        .toList();
  }

  Gateway awaitReady() {
    Await.until("the gateway is ready", envoy::isReady);
    return this;
  }

  EnvoyFixture envoy() {
    return envoy;
  }

  Http.Response get(String path, String... headers) {
    return Http.get("http://127.0.0.1:" + port + path, headers);
  }

  /** The statuses of so many requests, each on a connection of its own. */
  String freshStatuses(int requests, String path) {
    return IntStream.range(0, requests)
        .mapToObj(i -> freshStatus(path))
        .collect(Collectors.joining(" "));
  }

  private String freshStatus(String path) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      String request = "GET " + path + " HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readNBytes(12), UTF_8);
      return answer.substring("HTTP/1.1 ".length());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  /** Waits until a request is answered by the backend named. */
  void awaitBackend(String path, String backend, String... headers) {
    Await.untilAsserted(() ->
        org.assertj.core.api.Assertions.assertThat(get(path, headers).header("x-backend"))
            .isEqualTo(backend));
  }

  String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** Access log lines that hold all of the words. Envoy writes them with a delay. */
  List<String> logged(String... words) {
    return envoy
        .accessLog()
        .lines()
        .filter(line -> java.util.Arrays.stream(words).allMatch(line::contains))
        .toList();
  }

  @Override
  public void close() {
    envoy.close();
  }
}
