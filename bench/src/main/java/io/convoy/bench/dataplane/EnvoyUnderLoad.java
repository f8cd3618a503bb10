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

/** An Envoy that answers as many requests as it can, from 16 connections of one {@code wrk}. */
public final class EnvoyUnderLoad {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final int UNAUTHORIZED = 401;

  private EnvoyUnderLoad() {}

  /**
   * What requests cost.
   *
   * @param cpuMicros of the process's CPU for one
   * @param perSecond how many are answered
   * @param millis99 within which 99 of 100 are
   */
  public record Cost(double cpuMicros, double perSecond, double millis99) {}

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
    EnvoyProcess envoy = stage.envoy(arrangement.bootstrap());
    String url = url(arrangement.port());
    try {
      Wait.until(START_LIMIT, () -> Load.ask(url) != 0);
      return measure(Stage.pid(envoy.child()), url, arrangement.caller(), seconds);
    } finally {
      envoy.close();
    }
  }

  /** As above, of an arrangement that must not let a request without a token pass. */
  public static Cost measureGuarded(Stage stage, Arrangement arrangement, int seconds) {
    EnvoyProcess envoy = stage.envoy(arrangement.bootstrap());
    try {
      awaitGuard(arrangement.name(), arrangement.port());
      return measure(
          Stage.pid(envoy.child()), url(arrangement.port()), arrangement.caller(), seconds);
    } finally {
      envoy.close();
    }
  }

  static String url(int port) {
    return "http://127.0.0.1:" + port + "/s0/";
  }

  /** Waits until a request without a token is answered, and says when it is not refused. */
  static void awaitGuard(String name, int port) {
    Wait.until(START_LIMIT, () -> Load.ask(url(port)) != 0);
    int status = Load.ask(url(port));
    if (status != UNAUTHORIZED) {
      throw new FailedException(
          "%s answers %d to a request without a token, expected 401".formatted(name, status));
    }
  }

  /** Asks a process for so many seconds, with a token. */
  static Cost measure(long pid, String url, Tokens caller, int seconds) {
    String token = caller.token("alice");
    wrk(url, token, 1); // connections to the backend, caches
    Duration before = ProcessUsage.of(pid).cpu();
    Wrk wrk = wrk(url, token, seconds);
    Duration used = ProcessUsage.of(pid).cpu().minus(before);
    return new Cost(
        used.toNanos() / 1e3 / wrk.requests(),
        (double) wrk.requests() / seconds,
        wrk.millisOf99Percent());
  }

  private static Wrk wrk(String url, String token, int seconds) {
    List<String> command =
        List.of(
            "wrk",
            "-t1",
            "-c16",
            "--latency",
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
      return Wrk.read(out);
    } catch (IOException e) {
      throw new FailedException("wrk cannot be run; install it: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted");
    }
  }
}
