package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An HTTP service that answers with who it is and what arrived, a line each: {@code service},
 * {@code version}, {@code path} as it stands, then the request's headers in lower case. Requests
 * have no bodies.
 *
 * <p>{@code /slow/MS} takes that long, and {@code /flaky} answers 503 the first time that it sees
 * an {@code x-request}.
 */
final class MeshApp implements AutoCloseable {
  private final String service;
  private final String version;
  private final ServerSocket server;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  MeshApp(String service, String version) {
    this.service = service;
    this.version = version;
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name(service).start(this::serve);
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().name(service).start(() -> serve(socket));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String path = line.split(" ", 3)[1];
        Map<String, String> headers = new TreeMap<>();
        for (line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          String[] header = line.split(": *", 2);
          headers.merge(
              header[0].toLowerCase(Locale.ROOT), header[1], (one, more) -> one + "," + more);
        }
        socket.getOutputStream().write(answer(path, headers).getBytes(UTF_8));
      }
    } catch (IOException e) {
      // The other side is gone.
    }
  }

  private String answer(String path, Map<String, String> headers) {
    if (path.startsWith("/slow/")) {
      pause(Long.parseLong(path.substring("/slow/".length())));
    }
    var body = new StringBuilder("service: " + service + "\nversion: " + version + "\n");
    body.append("path: ").append(path).append('\n');
    headers.forEach((name, value) -> body.append(name).append(": ").append(value).append('\n'));
    boolean fails = path.startsWith("/flaky") && seen.add(headers.getOrDefault("x-request", ""));
    return "HTTP/1.1 %s\r\nx-app: %s\r\ncontent-length: %d\r\n\r\n%s"
        .formatted(
            fails ? "503 not yet" : "200 OK",
            service,
            body.toString().getBytes(UTF_8).length,
            body);
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
