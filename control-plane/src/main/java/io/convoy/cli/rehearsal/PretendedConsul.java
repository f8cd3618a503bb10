package io.convoy.cli.rehearsal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Answers as a Consul with one service, in which nothing changes. Thread-safe. */
final class PretendedConsul implements AutoCloseable {
  private static final int INDEX = 10;

  /** Longer than what Convoy takes for an answer that did not wait. */
  private static final int BLOCKED_MILLIS = 600;

  private static final String SERVICE =
      """
      {"ID": "user-1", "Service": "user", "Tags": ["a"], "Address": "127.0.0.1", "Port": 8080,
       "Meta": {"convoy-path": "/user/"}, "Weights": {"Passing": 1, "Warning": 1}, "CreateIndex": 5}
      """;

  private static final String CHECK =
      """
      {"Node": "one", "CheckID": "c", "Status": "passing", "ServiceID": "user-1", "ServiceName": "user"}
      """;

  private final HttpServer server;
  private final ExecutorService threads;
  private final CountDownLatch closed = new CountDownLatch(1);

  private PretendedConsul(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  static PretendedConsul start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    var consul = new PretendedConsul(server, threads);
    server.createContext("/", consul::answer);
    server.setExecutor(threads);
    server.start();
    return consul;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (blocks(exchange) && closed.await(BLOCKED_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
      byte[] body = body(path).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("X-Consul-Index", Integer.toString(INDEX));
      exchange.getResponseHeaders().set("X-Consul-Knownleader", "true");
      exchange.getResponseHeaders().set("X-Consul-Lastcontact", "0");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean blocks(HttpExchange exchange) {
    String query = exchange.getRequestURI().getQuery();
    return query != null && query.matches("(.*&)?index=[1-9].*");
  }

  private static String body(String path) {
    if (path.startsWith("/v1/kv/")) {
      return documents();
    }
    return switch (path) {
      case "/v1/catalog/services" -> "{\"consul\": [], \"user\": []}";
      case "/v1/internal/ui/nodes" ->
          """
          [{"Node": "one", "Address": "127.0.0.1", "Meta": {"zone": "a"}, "Services": [%s],
            "Checks": [%s]}]
          """
              .formatted(SERVICE, CHECK);
      case "/v1/health/service/user" ->
          """
          [{"Node": {"Node": "one", "Address": "127.0.0.1", "Meta": {"zone": "a"}},
            "Service": %s, "Checks": [%s]}]
          """
              .formatted(SERVICE, CHECK);
      default -> "[]";
    };
  }

  private static String documents() {
    var documents = new StringBuilder("[");
    add(
        documents,
        "jwt-provider/okta",
        """
        Issuer: https://okta.test
        JSONWebKeySet: {Remote: {URI: "https://okta.test/keys", CacheDuration: 5m}}
        """);
    add(
        documents,
        "security-policy/user",
        """
        TargetRefs: [{Kind: service, Name: user}]
        JWT: {Providers: [okta], ClaimToHeaders: [{Claim: sub, Header: x-user-id}]}
        """);
    add(
        documents,
        "http-route/shop",
        """
        Hostnames: [shop.test]
        Rules:
        - Matches: [{Path: {Match: prefix, Value: /shop/}, Method: GET}]
          Filters: {URLRewrite: {Path: /}}
          Services: [{Name: user}]
        """);
    add(
        documents,
        "backend-traffic-policy/limit",
        """
        Kind: backend-traffic-policy
        Name: limit
        TargetRefs: [{Kind: service, Name: user}]
        RateLimit:
          Local:
            Rules: [{Limit: {Requests: 100, Unit: Second}, Selectors: [{JWTProvider: okta}]}]
        """);
    return documents.append(']').toString();
  }

  private static void add(StringBuilder documents, String key, String text) {
    documents
        .append(documents.length() > 1 ? ",\n" : "")
        .append(
            """
            {"LockIndex": 0, "Key": "convoy/%s", "Flags": 0, "Value": "%s", "CreateIndex": 1, "ModifyIndex": %d}\
            """
                .formatted(
                    key,
                    Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)),
                    INDEX));
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
