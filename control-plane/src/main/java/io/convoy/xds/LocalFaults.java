package io.convoy.xds;

import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Refusals that say something of the client's machine, and nothing of what was sent: a port that
 * another process has, a file that is not there. Nobody else is to lose the resource because of
 * them, and the machine may be in order a moment later. Confined to the stream's lock.
 */
final class LocalFaults {
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final Pattern NO_FILE =
      Pattern.compile("(?i)Invalid path: |file .+ does not exist|unable to read file");
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final Map<ResourceKey, Duration> delays = new HashMap<>();

  /** By Envoy's words when a listener gets no socket, and a secret no file. */
  static boolean is(String message) {
    return message.contains("cannot bind")
        || message.contains("cannot listen")
        || NO_FILE.matcher(message).find();
  }

  /** How long to wait before the resource is sent again, in nanoseconds: longer each time. */
  long delay(Resource resource) {
    Duration delay =
        delays.merge(
            resource.key(),
            FIRST,
            (last, first) ->
                last.multipliedBy(2).compareTo(LONGEST) < 0 ? last.multipliedBy(2) : LONGEST);
    return (long) (delay.toNanos() * ThreadLocalRandom.current().nextDouble(0.8, 1.2));
  }

  /** The client has taken the resource. */
  void over(ResourceKey key) {
    delays.remove(key);
  }
}
