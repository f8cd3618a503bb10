package io.convoy.bench.measure;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a process of this machine has used, by Linux's {@code /proc}.
 *
 * @param cpu user and system time since its start, in steps of 10 ms
 * @param rssBytes resident memory
 * @param peakRssBytes the most that was ever resident
 */
public record ProcessUsage(Duration cpu, long rssBytes, long peakRssBytes) {
  // USER_HZ, in which the kernel tells times to programs.
  private static final long TICK_MILLIS = 10;

  public static ProcessUsage of(long pid) {
    String stat = read(pid, "stat");
    // The second field is the program's name in parentheses and may hold anything.
    List<String> fields = Splitter.on(' ').splitToList(stat.substring(stat.lastIndexOf(')') + 2));
    long ticks = Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
    String status = read(pid, "status");
    return new ProcessUsage(
        Duration.ofMillis(ticks * TICK_MILLIS), bytes(status, "VmRSS:"), bytes(status, "VmHWM:"));
  }

  private static long bytes(String status, String field) {
    String line = status.lines().filter(l -> l.startsWith(field)).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " cannot be read", e);
    }
  }
}
