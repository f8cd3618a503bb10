package io.convoy.cli.demo;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * An instance of a service: answers every request with its own id and what it was asked, {@code
 * /health} with its health. {@code POST /health/fail} makes it unhealthy (it goes on answering),
 * {@code POST /health/pass} healthy again.
 */
public final class DemoService implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What an instance answers; header names are in lower case. */
  public record Answer(String instance, String method, String path, Map<String, String> headers) {}

  private final String id;
  private final HttpServer server;
  private volatile boolean healthy = true;

  private DemoService(String id, HttpServer server) {
    this.id = id;
    this.server = server;
  }

  /** Starts one on the loopback interface; port 0 takes a free one. */
  public static DemoService start(String id, int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    DemoService service = new DemoService(id, server);
    server.createContext("/", service::echo);
    server.createContext("/health", service::health);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return service;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void echo(HttpExchange exchange) throws IOException {
    Map<String, String> headers =
        exchange.getRequestHeaders().entrySet().stream()
            .collect(
                Collectors.toMap(
                    header -> header.getKey().toLowerCase(Locale.ROOT),
                    header -> String.join(", ", header.getValue()),
                    (a, b) -> b,
                    TreeMap::new));
    Answer answer =
        new Answer(id, exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers);
    exchange.getResponseHeaders().set("content-type", "application/json");
    send(exchange, 200, JSON.writeValueAsString(answer) + "\n");
  }

  private void health(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("POST")) {
      healthy = exchange.getRequestURI().getPath().endsWith("/pass");
      send(exchange, 200, "");
      return;
    }
    send(exchange, healthy ? 200 : 503, healthy ? "healthy\n" : "sick\n");
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
