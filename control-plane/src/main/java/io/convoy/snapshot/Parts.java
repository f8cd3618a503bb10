package io.convoy.snapshot;

import com.google.common.collect.ImmutableSortedMap;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the parts of the registries. A part's name begins with its registry's, so that a
 * registry that is away, with all of its parts, is one line in the log and not one for each.
 * Confined to the writer's thread.
 */
final class Parts {
  private static final Logger log = LoggerFactory.getLogger(Parts.class);

  private final Map<String, PartState> states = new TreeMap<>();
  private final PartState unasked;

  Parts(Collection<String> names, Instant now) {
    this.unasked = new PartState(false, Optional.of("has not answered yet"), now);
    names.forEach(name -> states.put(name, unasked));
  }

  ImmutableSortedMap<String, PartState> states() {
    return ImmutableSortedMap.copyOf(states);
  }

  /** Whether every part has answered in full, ever. */
  boolean allAnswered() {
    return states.values().stream().allMatch(PartState::answered);
  }

  /** Takes that a part answers, or why it does not. */
  void report(String name, Optional<String> problem, Instant now) {
    PartState before = states.getOrDefault(name, unasked);
    if (before.problem().equals(problem)) {
      return;
    }
    boolean known = isAway(name);
    // A problem that only changes its words goes on since the first of them.
    Instant since = before.problem().isPresent() && problem.isPresent() ? before.since() : now;
    states.put(name, new PartState(before.answered() || problem.isEmpty(), problem, since));
    if (problem.isPresent() && !known) {
      log.warn("{}: {}; trying again, /readyz has the state of each part", name, problem.get());
    } else if (problem.isEmpty() && everyPartAnswers(name)) {
      log.info("{}: everything is answered", registry(name));
    }
  }

  /** Whether a part of the same registry is known to be out of reach. */
  private boolean isAway(String name) {
    return states.entrySet().stream()
        .anyMatch(entry ->
            registry(entry.getKey()).equals(registry(name))
                && entry.getValue().problem().isPresent()
                && !entry.getValue().equals(unasked));
  }

  private boolean everyPartAnswers(String name) {
    return states.entrySet().stream()
        .filter(entry -> registry(entry.getKey()).equals(registry(name)))
        .allMatch(entry -> entry.getValue().problem().isEmpty());
  }

  private static String registry(String part) {
    int end = part.indexOf(' ');
    return end < 0 ? part : part.substring(0, end);
  }
}
