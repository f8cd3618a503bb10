package io.convoy.admin;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the admin endpoint over HTTP: read-only, one virtual thread a request. */
public final class AdminServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);

  private final HttpServer server;
  private final ExecutorService executor;

  private AdminServer(HttpServer server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  /**
   * Starts to serve.
   *
   * @throws IOException when the address cannot be bound
   */
  public static AdminServer start(AdminSettings settings, AdminPages pages) throws IOException {
    HttpServer server = listen(settings);
    AdminGuard guard = new AdminGuard(settings);
    ExecutorService executor =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
    server.setExecutor(executor);
    server.createContext("/", exchange -> answer(exchange, guard, pages));
    server.start();
    return new AdminServer(server, executor);
  }

  private static HttpServer listen(AdminSettings settings) throws IOException {
    Optional<SSLContext> tls = settings.tls();
    if (tls.isEmpty()) {
      return HttpServer.create(settings.address(), 0);
    }
    HttpsServer server = HttpsServer.create(settings.address(), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls.get()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
            ssl.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            // Wanted, not needed: some paths are open, and a token does as well.
            ssl.setWantClientAuth(settings.clientCertificates());
            parameters.setSSLParameters(ssl);
          }
        });
    return server;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.close();
  }

  private static void answer(HttpExchange exchange, AdminGuard guard, AdminPages pages)
      throws IOException {
    try (exchange) {
      Response response = respond(exchange, guard, pages);
      exchange.getResponseHeaders().set("Content-Type", response.contentType());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      if (response.status() == 405) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      }
      if (response.status() == 401) {
        exchange.getResponseHeaders().put("WWW-Authenticate", AdminGuard.CHALLENGES);
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(response.status(), -1);
        return;
      }
      exchange.sendResponseHeaders(response.status(), response.body().size());
      response.body().writeTo(exchange.getResponseBody());
    }
  }

  private static Response respond(HttpExchange exchange, AdminGuard guard, AdminPages pages) {
    if (guard.permits(exchange)) {
      return respond(exchange, pages);
    }
    if (guard.statusIsOpen(exchange)) {
      int status = respond(exchange, pages).status();
      return Response.json(status, Map.of("ok", status == 200));
    }
    return Response.error(
        401,
        "the admin endpoint answers those with a token or a client certificate",
        "send Authorization: Bearer TOKEN, or the token as the password of any user");
  }

  private static Response respond(HttpExchange exchange, AdminPages pages) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Response.error(405, "the admin endpoint is read-only", "use GET");
    }
    try {
      return pages.answer(
          segments(exchange.getRequestURI().getRawPath()),
          parameters(exchange.getRequestURI().getRawQuery()));
    } catch (IllegalArgumentException e) {
      return Response.error(400, String.valueOf(e.getMessage()), "percent-encode the names");
    } catch (RuntimeException e) {
      log.error("{} failed", exchange.getRequestURI().getRawPath(), e);
      return Response.error(500, "an answer could not be made", "see Convoy's log");
    }
  }

  private static ImmutableList<String> segments(String rawPath) {
    return Splitter.on('/')
        .omitEmptyStrings()
        .splitToStream(rawPath)
        .map(segment -> decode(segment.replace("+", "%2B")))
        .collect(ImmutableList.toImmutableList());
  }

  private static ImmutableMap<String, String> parameters(
      @org.jspecify.annotations.Nullable String rawQuery) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair :
        Splitter.on('&').omitEmptyStrings().split(rawQuery == null ? "" : rawQuery)) {
      List<String> nameAndValue = Splitter.on('=').limit(2).splitToList(pair);
      parameters.put(
          decode(nameAndValue.getFirst()),
          nameAndValue.size() == 2 ? decode(nameAndValue.get(1)) : "");
    }
    return ImmutableMap.copyOf(parameters);
  }

  private static String decode(String encoded) {
    return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
  }
}
