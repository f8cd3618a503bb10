package io.convoy.translation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;

/** A connection to a port of this machine, for what no HTTP client says. */
final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;

  RawClient(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(TIMEOUT_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a new connection answers to {@code text} before it ends. */
  static String exchange(int port, String text) {
    try (var client = new RawClient(port)) {
      return client.send(text).readAll();
    }
  }

  /** Lines end with a carriage return besides. */
  RawClient send(String text) {
    return send(text.replace("\n", "\r\n").getBytes(ISO_8859_1));
  }

  RawClient send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything until the other side ends the connection; fails when it does not. */
  String readAll() {
    try {
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] read(int length) {
    try {
      return socket.getInputStream().readNBytes(length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything up to and with the first {@code end}. */
  String readUntil(String end) {
    var text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      byte[] next = read(1);
      if (next.length == 0) {
        throw new AssertionError("the connection ended after: " + text);
      }
      text.append((char) next[0]);
    }
    return text.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
