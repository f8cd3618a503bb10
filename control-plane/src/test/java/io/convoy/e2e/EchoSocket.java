package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A service that takes a WebSocket, and then sends back each line. */
final class EchoSocket implements AutoCloseable {
  private final ServerSocket server;

  EchoSocket() {
    try {
      server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("echo-socket").start(this::serve);
  }

  int port() {
    return server.getLocalPort();
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().name("echo-socket").start(() -> echo(socket));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      skipHeaders(in);
      write(
          socket,
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      String line = in.readLine();
      while (line != null) {
        write(socket, line + "\n");
        line = in.readLine();
      }
    } catch (IOException e) {
      // The other side is gone.
    }
  }

  private static void skipHeaders(BufferedReader in) throws IOException {
    String line = in.readLine();
    while (line != null && !line.isEmpty()) {
      line = in.readLine();
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  /** A client's side. */
  static final class Client implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Client(int port, String path) {
      this(port, path, "a.test");
    }

    Client(int port, String path, String host) {
      try {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        write(
            socket,
            "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                .formatted(path, host));
        String status = in.readLine();
        if (!status.contains(" 101 ")) {
          throw new IllegalStateException(status);
        }
        skipHeaders(in);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** What comes back. */
    String send(String line) {
      try {
        write(socket, line + "\n");
        return String.valueOf(in.readLine());
      } catch (IOException e) {
        return e.toString();
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
