package io.convoy.registry.consul;

import io.convoy.registry.RegistryListener;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A part of the registry that several queries make up: up when each has answered, down when one
 * fails. A reason is told once, not at every try. Thread-safe.
 */
final class PartStatus {
  private final String part;
  private final RegistryListener listener;
  private final Set<String> awaited = new HashSet<>();
  private final Map<String, String> reasons = new HashMap<>();
  private String told = "";
  private boolean up;

  PartStatus(String part, Collection<String> queries, RegistryListener listener) {
    this.part = part;
    this.listener = listener;
    awaited.addAll(queries);
  }

  /** What {@code query} has told until now is not enough: the part is not up until it answers. */
  synchronized void await(String query) {
    awaited.add(query);
  }

  synchronized void answered(String query) {
    awaited.remove(query);
    reasons.remove(query);
    if (awaited.isEmpty() && !up) {
      up = true;
      told = "";
      listener.up(part);
    }
  }

  synchronized void failed(String query, String reason) {
    awaited.add(query);
    String before = reasons.put(query, reason);
    up = false;
    if (!reason.equals(before) && !reason.equals(told)) {
      told = reason;
      listener.down(part, reason);
    }
  }

  /** Whether none of {@code queries} is awaited. */
  synchronized boolean allAnswered(Collection<String> queries) {
    return queries.stream().noneMatch(awaited::contains);
  }
}
