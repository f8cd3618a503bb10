package io.convoy.xds;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Parts of refused responses, each to be sent alone until the culprits are found. */
final class Suspects {
  private final Deque<Set<String>> parts = new ArrayDeque<>();

  boolean isEmpty() {
    return parts.isEmpty();
  }

  int size() {
    return parts.size();
  }

  void forEach(Consumer<Set<String>> each) {
    parts.forEach(each);
  }

  /** The part that is next; there is one. */
  Set<String> next() {
    return parts.element();
  }

  /** The next part has to wait: the others go before it. */
  void postpone() {
    parts.addLast(parts.remove());
  }

  /** The next part is done with: taken over, or refused in its turn. */
  void done() {
    parts.poll();
  }

  /** Nobody knows which of these it was: the halves go next, one after the other. */
  void halves(Collection<String> refused) {
    var all = List.copyOf(refused);
    int half = all.size() / 2;
    if (half > 0) {
      parts.push(new LinkedHashSet<>(all.subList(half, all.size())));
      parts.push(new LinkedHashSet<>(all.subList(0, half)));
    }
  }

  /** What is left of a part after its culprits were found. */
  void rest(Set<String> refused, Set<String> culprits) {
    var rest = new LinkedHashSet<>(refused);
    rest.removeAll(culprits);
    if (!rest.isEmpty()) {
      parts.push(rest);
    }
  }
}
