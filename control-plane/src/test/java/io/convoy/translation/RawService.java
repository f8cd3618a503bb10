package io.convoy.translation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Answers each request with the request as it arrived, byte for byte, and ends the connection. Its
 * answer has a header {@code X-CaSe} and a trailer {@code X-TrAiLeR}.
 */
final class RawService implements AutoCloseable {
  private final ServerSocket server;

  RawService() {
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void answer(Socket socket) {
    try (socket) {
      String request = read(socket.getInputStream());
      String answer =
          "HTTP/1.1 200 OK\r\nX-CaSe: Kept\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "%x\r\n%s\r\n0\r\nX-TrAiLeR: of the response\r\n\r\n"
                  .formatted(request.length(), request);
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      // The gateway went away; a test that minds sees it.
    }
  }

  private static String read(InputStream in) throws IOException {
    var text = new StringBuilder();
    int next = in.read();
    while (next >= 0) {
      text.append((char) next);
      if (complete(text)) {
        break;
      }
      next = in.read();
    }
    return text.toString();
  }

  private static boolean complete(StringBuilder text) {
    int head = text.indexOf("\r\n\r\n");
    if (head < 0) {
      return false;
    }
    String headers = text.substring(0, head).toLowerCase(Locale.ROOT);
    if (headers.contains("content-length: ")) {
      return text.length() >= head + 4 + length(headers);
    }
    boolean chunked = headers.contains("transfer-encoding: chunked");
    int last = text.indexOf("\r\n0\r\n");
    return !chunked || (last >= 0 && text.indexOf("\r\n\r\n", last + 3) >= 0);
  }

  private static int length(String headers) {
    return Integer.parseInt(headers.replaceAll("(?s).*content-length: ([0-9]+).*", "$1"));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
