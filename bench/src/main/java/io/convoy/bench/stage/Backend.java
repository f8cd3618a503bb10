package io.convoy.bench.stage;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP service in this process that remembers when its requests came. Thread-safe. */
public final class Backend implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private long requests;
  private long firstAt;
  private long lastAt;

  public Backend() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          arrived(System.nanoTime());
          try (exchange) {
            exchange.sendResponseHeaders(200, -1);
          }
        });
    server.start();
  }

  private synchronized void arrived(long now) {
    if (requests++ == 0) {
      firstAt = now;
    }
    lastAt = now;
    notifyAll();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** Waits for the first request; when it came, by {@link System#nanoTime}. */
  public synchronized long awaitFirst(long limitMillis) throws InterruptedException {
    long end = System.nanoTime() + limitMillis * 1_000_000;
    while (requests == 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IllegalStateException("no request within " + limitMillis + " ms");
      }
      wait(left);
    }
    return firstAt;
  }

  /** When the newest request came, by {@link System#nanoTime}. */
  public synchronized long lastAt() {
    return lastAt;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
