package io.convoy.xds;

import java.time.Duration;
import java.util.LinkedHashMap;

/**
 * Which nodes were refused lately, so that the log has each once. Bounded, however many names a
 * client thinks of. Thread-safe.
 */
final class RefusedNodes {
  private static final long AGAIN = Duration.ofMinutes(10).toNanos();
  private static final int MOST = 1_000;
  private static final int LONGEST = 200;

  private final Timer timer;
  private final LinkedHashMap<String, Long> since = new LinkedHashMap<>();

  RefusedNodes(Timer timer) {
    this.timer = timer;
  }

  /** Whether it was not refused within the last ten minutes, and there is room to say so. */
  synchronized boolean isNew(String node) {
    long now = timer.nanoTime();
    var oldest = since.values().iterator();
    while (oldest.hasNext() && now - oldest.next() >= AGAIN) {
      oldest.remove();
    }
    return since.size() < MOST && since.putIfAbsent(shown(node), now) == null;
  }

  /** What a client wrote, fit for one line. */
  static String shown(String text) {
    String line = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return line.replaceAll("\\p{Cntrl}", "?");
  }
}
