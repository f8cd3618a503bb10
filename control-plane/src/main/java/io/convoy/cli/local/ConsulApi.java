package io.convoy.cli.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * The few calls to a Consul agent that the demo and tests change things with. Every call throws
 * {@link IllegalStateException} when the agent answers anything but 200, and {@link
 * UncheckedIOException} when it doesn't answer. Thread-safe.
 */
public final class ConsulApi {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private final String url;
  private final String token;

  /** {@code token}: empty where the agent asks for none. */
  public ConsulApi(String url, String token) {
    this.url = url;
    this.token = token;
  }

  /**
   * Registers an instance; {@code definition} is the JSON of {@code /v1/agent/service/register}.
   */
  public void register(String definition) {
    put("/v1/agent/service/register?replace-existing-checks=true", definition);
  }

  public void deregister(String instanceId) {
    put("/v1/agent/service/deregister/" + instanceId, "");
  }

  /** Reports the state of a TTL check: {@code pass}, {@code warn} or {@code fail}. */
  public void report(String checkId, String state) {
    put("/v1/agent/check/" + state + "/" + checkId, "");
  }

  public void maintenance(String instanceId, boolean enabled) {
    put("/v1/agent/service/maintenance/" + instanceId + "?enable=" + enabled, "");
  }

  public void putKey(String key, String value) {
    put("/v1/kv/" + key, value);
  }

  public void deleteKey(String key) {
    send("DELETE", "/v1/kv/" + key, "");
  }

  /** Writes a config entry, given as JSON with its {@code Kind} and {@code Name}. */
  public void putConfig(String entry) {
    put("/v1/config", entry);
  }

  public void deleteConfig(String kind, String name) {
    send("DELETE", "/v1/config/" + kind + "/" + name, "");
  }

  public String get(String path) {
    return send("GET", path, "");
  }

  public void put(String path, String body) {
    send("PUT", path, body);
  }

  private String send(String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(10))
            .method(method, BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("X-Consul-Token", token);
    }
    try {
      HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(
            "Consul answered %s %s with %d: %s"
                .formatted(method, path, response.statusCode(), response.body()));
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException("Consul at " + url + " did not answer " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Consul", e);
    }
  }
}
