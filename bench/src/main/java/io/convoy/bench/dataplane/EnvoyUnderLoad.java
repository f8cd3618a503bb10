package io.convoy.bench.dataplane;

import io.convoy.bench.measure.ProcessUsage;
import io.convoy.bench.stage.Load;
import io.convoy.bench.stage.Stage;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.EnvoyProcess;
import io.convoy.cli.local.FreePorts;
import io.convoy.cli.local.Wait;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An Envoy that answers as many requests as it can, from 16 connections of one {@code wrk}. */
public final class EnvoyUnderLoad {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
  private static final Pattern ERRORS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

  private EnvoyUnderLoad() {}

  /**
   * What requests cost.
   *
   * @param cpuMicros of the Envoy's CPU for one
   */
  public record Cost(double cpuMicros, double perSecond) {}

  /** Starts a backend that answers every request with 200; returns its port. */
  public static int backend(Stage stage) {
    int port = FreePorts.next();
    stage.envoy(
        """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
          - name: backend
            address: {socket_address: {address: 127.0.0.1, port_value: %d}}
            filter_chains:
            - filters:
              - name: http
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: backend
                  route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}]}
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
        """
            .formatted(port));
    return port;
  }

  /** Starts the arrangement's Envoy, asks it for so many seconds and stops it. */
  public static Cost measure(Stage stage, Arrangement arrangement, int seconds) {
    String token = arrangement.caller().token("alice");
    EnvoyProcess envoy = stage.envoy(arrangement.bootstrap());
    String url = "http://127.0.0.1:" + arrangement.port() + "/s0/";
    try {
      Wait.until(START_LIMIT, () -> Load.ask(url) != 0);
      wrk(url, token, 1); // connections to the backend, caches
      long pid = Stage.pid(envoy.child());
      Duration before = ProcessUsage.of(pid).cpu();
      long requests = wrk(url, token, seconds);
      Duration used = ProcessUsage.of(pid).cpu().minus(before);
      return new Cost(used.toNanos() / 1e3 / requests, (double) requests / seconds);
    } finally {
      envoy.close();
    }
  }

  private static long wrk(String url, String token, int seconds) {
    List<String> command =
        List.of(
            "wrk",
            "-t1",
            "-c16",
            "-d" + seconds + "s",
            "-H",
            "authorization: Bearer " + token,
            "-H",
            "x-user: alice",
            url);
    try {
      Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
      String out = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      wrk.waitFor();
      Matcher requests = REQUESTS.matcher(out);
      if (!requests.find() || ERRORS.matcher(out).find()) {
        throw new FailedException("not every request was answered with 200:\n" + out);
      }
      return Long.parseLong(requests.group(1));
    } catch (IOException e) {
      throw new FailedException("wrk cannot be run; install it: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted");
    }
  }
}
