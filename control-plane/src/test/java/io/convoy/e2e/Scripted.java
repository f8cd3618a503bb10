package io.convoy.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP service that does as it is told: it is out of order, waits, or answers well. A request to
 * {@code /healthz} is answered by {@link #healthy} alone, and not counted.
 */
final class Scripted implements AutoCloseable {
  private final String name;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger failuresLeft = new AtomicInteger();
  private final List<String> hosts = new CopyOnWriteArrayList<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile boolean healthy = true;

  Scripted(String name) {
    this.name = name;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.createContext("/healthz", exchange -> answer(exchange, healthy ? 200 : 500));
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    hosts.add(exchange.getRequestHeaders().getFirst("Host"));
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    boolean fails = failuresLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    answer(exchange, fails ? 503 : 200);
  }

  private void answer(HttpExchange exchange, int status) throws IOException {
    byte[] body = (name + " ").repeat(500).getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("x-backend", name);
      String type =
          exchange.getRequestURI().getPath().endsWith(".png") ? "image/png" : "text/plain";
      exchange.getResponseHeaders().set("content-type", type);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** The next requests, so many, get 503. */
  void fail(int requests) {
    failuresLeft.set(requests);
  }

  /** Requests wait from now on until {@link #release}. */
  void hold() {
    gate = new CountDownLatch(1);
  }

  void release() {
    gate.countDown();
  }

  void healthy(boolean is) {
    healthy = is;
  }

  /** The hosts that requests asked for, those that wait among them. */
  List<String> hosts() {
    return hosts;
  }

  int requests() {
    return hosts.size();
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    release();
    server.stop(0);
    threads.close();
  }
}
