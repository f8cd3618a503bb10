package io.convoy.e2e;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Serves key sets, each at a path of its own, and counts who asks. */
final class KeyServer implements AutoCloseable {
  private final Map<String, String> keySets = new ConcurrentHashMap<>();
  private final Map<String, Integer> fetches = new ConcurrentHashMap<>();
  private final HttpServer server;

  KeyServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          fetches.merge(path, 1, Integer::sum);
          byte[] body = keySets.getOrDefault(path, "").getBytes(StandardCharsets.UTF_8);
          try (exchange) {
            exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, Math.max(1, body.length));
            exchange.getResponseBody().write(body.length == 0 ? new byte[1] : body);
          }
        });
    server.start();
  }

  void serve(String path, String keySet) {
    keySets.put(path, keySet);
  }

  int fetches(String path) {
    return fetches.getOrDefault(path, 0);
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
