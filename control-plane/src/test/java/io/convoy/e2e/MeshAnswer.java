package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Optional;

/** What a caller gets for a request on a connection of its own, with the path as it stands. */
record MeshAnswer(String status, String head, String body) {

  /** {@code closed} where no answer comes. */
  static MeshAnswer to(int port, String method, String path, String... headers) {
    var request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: any\r\n");
    for (int i = 0; i < headers.length; i += 2) {
      request.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    request.append("Content-Length: 0\r\nConnection: close\r\n\r\n");
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.toString().getBytes(UTF_8));
      return read(new String(socket.getInputStream().readAllBytes(), UTF_8));
    } catch (IOException e) {
      return read("");
    }
  }

  private static MeshAnswer read(String text) {
    String[] parts = text.split("\r\n\r\n", 2);
    return text.startsWith("HTTP/1.1 ")
        ? new MeshAnswer(
            text.substring(9, 12), parts[0].replace("\r\n", "\n"), parts.length > 1 ? parts[1] : "")
        : new MeshAnswer("closed", "", "");
  }

  /**
   * What is to be shown, by its name: a header of the response ({@code response:NAME}), a header of
   * the request as the application got it ({@code NAME}), or what the application says of itself.
   * With a {@code ?} behind it whether it is there.
   */
  String show(String what) {
    if (what.endsWith("?")) {
      String name = what.substring(0, what.length() - 1);
      return name + (show(name).endsWith("=none") ? " is not there" : " is there");
    }
    return what.startsWith("response:")
        ? what + "=" + line(head, what.substring("response:".length())).orElse("none")
        : what + "=" + line(body, what).orElse("none");
  }

  /** The service whose application answered; empty where none did. */
  String service() {
    return line(body, "service").orElse("");
  }

  String version() {
    return line(body, "version").orElse("");
  }

  private static Optional<String> line(String lines, String name) {
    String start = name + ": ";
    return lines
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
        .map(line -> line.substring(start.length()))
        .findFirst();
  }
}
