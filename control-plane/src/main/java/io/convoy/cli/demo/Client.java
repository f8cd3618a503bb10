package io.convoy.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks things by HTTP. Thread-safe. */
final class Client {
  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  /** {@code status} is 0 where there was no answer; then {@code body} says why. */
  record Answer(int status, String body) {
    boolean ok() {
      return status == 200;
    }

    /** Which instance answered; empty when it wasn't one. */
    String instance() {
      return ok() ? json().path("instance").asText() : "";
    }

    /** The path that the instance saw. */
    String path() {
      return ok() ? json().path("path").asText() : "";
    }

    /** The body as JSON; an empty node where it isn't. */
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        return JSON.missingNode();
      }
    }
  }

  private Client() {}

  /** {@code headers}: names and values in turn. */
  static Answer get(String url, String... headers) {
    return send("GET", url, headers);
  }

  static Answer post(String url) {
    return send("POST", url);
  }

  private static Answer send(String method, String url, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(5))
            .method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      var response = HTTP.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      return new Answer(0, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer(0, "interrupted");
    }
  }
}
