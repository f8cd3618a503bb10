package io.convoy.bench.stage;

import com.google.common.net.HostAndPort;
import io.convoy.bench.measure.ProcessUsage;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.EnvoyProcess;
import io.convoy.cli.local.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A real Envoy as a gateway. */
public final class Gateway implements AutoCloseable {
  private static final String NODE_ONCE = "set_node_on_first_message_only: ";

  private final EnvoyProcess envoy;
  private final int port;

  private Gateway(EnvoyProcess envoy, int port) {
    this.envoy = envoy;
    this.port = port;
  }

  static Gateway start(int xdsPort, int port, boolean delta, boolean nodeAlways, Path folder) {
    var bootstrap =
        new Bootstrap(
            "gateway",
            "gateway",
            "gateway-" + port,
            List.of(HostAndPort.fromParts("127.0.0.1", xdsPort)),
            delta,
            0,
            port,
            Optional.empty());
    String text = bootstrap.render();
    if (nodeAlways) {
      text = text.replace(NODE_ONCE + "true", NODE_ONCE + "false");
    }
    return new Gateway(EnvoyProcess.start(Launcher.processes(), folder, text), port);
  }

  /** Where requests go, without a slash at the end. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Everything that it holds, as its admin endpoint prints it. */
  public String configuration() {
    return get("/config_dump");
  }

  /** A counter; 0 when it has none of that name. */
  public long counter(String name) {
    return get("/stats?filter=^" + name + "$")
        .lines()
        .filter(line -> line.startsWith(name + ": "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 2)))
        .sum();
  }

  private String get(String path) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String url = envoy.adminUrl() + path.replace("^", "%5E").replace("$", "%24");
      return client
          .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted");
    }
  }

  public ProcessUsage usage() {
    return ProcessUsage.of(Stage.pid(envoy.child()));
  }

  /** The lines of its access log so far. */
  public List<String> accessLog() {
    return envoy.accessLog().lines().toList();
  }

  @Override
  public void close() {
    envoy.close();
  }
}
