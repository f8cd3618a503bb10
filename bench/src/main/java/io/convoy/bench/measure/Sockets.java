package io.convoy.bench.measure;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Counts a process's connections as Linux knows them. */
public final class Sockets {
  private static final String ESTABLISHED = "01";
  private static final int REMOTE = 2;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private Sockets() {}

  /** The process's established connections to a port. */
  public static long established(long pid, int port) {
    Set<String> own = sockets(pid);
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    return Stream.of("tcp", "tcp6")
        .flatMap(table -> lines(Path.of("/proc", Long.toString(pid), "net", table)).stream())
        .map(line -> Splitter.on(' ').omitEmptyStrings().splitToList(line))
        .filter(fields -> fields.get(REMOTE).endsWith(suffix))
        .filter(fields -> fields.get(STATE).equals(ESTABLISHED))
        .filter(fields -> own.contains("socket:[" + fields.get(INODE) + "]"))
        .count();
  }

  private static Set<String> sockets(long pid) {
    try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      return files.map(Sockets::target).collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static List<String> lines(Path table) {
    try {
      return Files.exists(table) ? Files.readAllLines(table) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
