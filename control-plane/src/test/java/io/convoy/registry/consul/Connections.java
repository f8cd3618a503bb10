package io.convoy.registry.consul;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Counts connections as the kernel knows them. */
final class Connections {
  private static final String ESTABLISHED = "01";

  private Connections() {}

  /** Established connections to a port of this machine. */
  static long to(int port) {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    return List.of("/proc/net/tcp", "/proc/net/tcp6").stream()
        .flatMap(file -> lines(Path.of(file)).stream())
        .map(line -> Splitter.on(' ').omitEmptyStrings().splitToList(line))
        .filter(fields -> fields.get(2).endsWith(suffix) && fields.get(3).equals(ESTABLISHED))
        .count();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
