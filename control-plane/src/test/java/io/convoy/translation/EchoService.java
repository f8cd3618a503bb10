package io.convoy.translation;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Answers with its name, the request line and the headers that it got, a line each. */
final class EchoService implements AutoCloseable {
  private final HttpServer server;

  EchoService(String name) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/",
        exchange -> {
          var text = new StringBuilder(name).append('\n');
          text.append(exchange.getRequestMethod()).append(' ');
          text.append(exchange.getRequestURI()).append('\n');
          exchange
              .getRequestHeaders()
              .forEach((header, values) ->
                  text.append(header.toLowerCase(Locale.ROOT))
                      .append(": ")
                      .append(String.join(",", values))
                      .append('\n'));
          byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("x-powered-by", "echo");
          exchange.sendResponseHeaders(200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
