package io.convoy.registry.consul;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server that speaks as much of Consul's HTTP API as Convoy reads, blocking queries included, and
 * misbehaves when it is told to: what a real Consul cannot be made to do at will.
 */
final class FakeConsul implements AutoCloseable {
  private static final Pattern INDEX = Pattern.compile("[?&]index=(\\d+)");
  private static final Pattern WAIT = Pattern.compile("[?&]wait=(\\d+)ms");

  /** How an answer goes wrong. */
  interface Fault {
    void answer(HttpExchange exchange) throws IOException;
  }

  /** What a path answers: a body as of an index. */
  private record State(String body, long index) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, State> states = new ConcurrentHashMap<>();
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();
  private final Map<String, Integer> requests = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  FakeConsul() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
    for (String path : new String[] {"health/state/critical", "health/state/warning"}) {
      set(path, "[]", 5);
    }
    set("catalog/services", "{}", 5);
    set("catalog/nodes", "[]", 5);
    set("internal/ui/nodes", "[]", 5);
    set("kv/convoy/", "[]", 5);
    ConfigEntryWatch.KINDS.forEach(kind -> set("config/" + kind, "[]", 5));
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** From now on {@code path} answers {@code body} as of {@code index}. */
  void set(String path, String body, long index) {
    synchronized (states) {
      states.put(path, new State(body, index));
      states.notifyAll();
    }
  }

  /** One service with one instance, and the wake-up that tells of it. */
  void setInstance(String service, int port, long index) {
    set("internal/ui/nodes", node(service, port), index);
    set("catalog/services", "{\"" + service + "\":[]}", index);
  }

  static String node(String service, int port) {
    return node(List.of(service), port);
  }

  /** A node with an instance of each of {@code services}, all at the same port. */
  static String node(List<String> services, int port) {
    return services.stream()
        .map(service ->
            """
            {"ID": "%s-1", "Service": "%s", "Port": %d, "Tags": [], "CreateIndex": 3}\
            """
                .formatted(service, service, port))
        .collect(
            joining(
                ",",
                """
                [{"Node": "n1", "Address": "10.0.0.1", "Meta": null, "Checks": [], "Services": [\
                """,
                "]}]"));
  }

  /** All requests whose path begins so go wrong, those that wait now included. */
  void fail(String path, Fault fault) {
    synchronized (states) {
      faults.put(path, fault);
      states.notifyAll();
    }
  }

  void heal() {
    faults.clear();
  }

  int requests(String path) {
    return requests.getOrDefault(path, 0);
  }

  /** An answer with that status and body, as it stands. */
  static Fault status(int code, String type, String body) {
    return exchange -> {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** 200 with an index and a body that is not what the path should answer. */
  static Fault body(String index, String body) {
    return exchange -> {
      exchange.getResponseHeaders().set("X-Consul-Index", index);
      status(200, "application/json", body).answer(exchange);
    };
  }

  /** Half of what was announced, then the end of the connection. */
  static Fault truncated() {
    return exchange -> {
      exchange.getResponseHeaders().set("X-Consul-Index", "7");
      exchange.sendResponseHeaders(200, 1000);
      exchange.getResponseBody().write("[{\"Node\": ".getBytes(UTF_8));
      exchange.getResponseBody().flush();
      throw new IOException("cut off on purpose");
    };
  }

  /** No answer at all until the server ends. */
  Fault hang() {
    return exchange -> awaitClose();
  }

  private void awaitClose() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring("/v1/".length());
      requests.merge(path, 1, Integer::sum);
      String query = "?" + exchange.getRequestURI().getQuery();
      long index = number(INDEX, query);
      State state = await(path, index, number(WAIT, query));
      Fault fault = fault(path);
      if (fault != null) {
        fault.answer(exchange);
        return;
      }
      try (OutputStream out = exchange.getResponseBody()) {
        byte[] bytes = state.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("X-Consul-Index", Long.toString(state.index()));
        exchange.sendResponseHeaders(200, bytes.length);
        out.write(bytes);
      }
    }
  }

  private @org.jspecify.annotations.Nullable Fault fault(String path) {
    return faults.entrySet().stream()
        .filter(entry -> path.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private State await(String path, long index, long waitMillis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
    synchronized (states) {
      while (true) {
        State state = states.getOrDefault(path, new State("[]", 1));
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        if (index == 0 || state.index() != index || fault(path) != null || left <= 0) {
          return state;
        }
        try {
          states.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return state;
        }
      }
    }
  }

  private static long number(Pattern pattern, String query) {
    Matcher matcher = pattern.matcher(query);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
