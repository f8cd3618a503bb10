package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.protobuf.Any;
import io.convoy.policy.DocumentId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the policies that apply at a place want.
 *
 * @param guards what requests pass, at most one of each kind
 * @param limits all that count
 * @param traffic besides filters
 * @param configs of stateless filters, by the filter's name
 * @param closedBy refused documents that would guard the place: every request is refused
 * @param documents of all that
 */
record Wanted(
    ImmutableList<SlotContent> guards,
    ImmutableList<SlotContent.Limit> limits,
    RouteTraffic traffic,
    ImmutableSortedMap<String, Any> configs,
    ImmutableSet<DocumentId> closedBy,
    ImmutableSet<DocumentId> documents) {

  boolean nothing() {
    return guards.isEmpty()
        && limits.isEmpty()
        && configs.isEmpty()
        && closedBy.isEmpty()
        && traffic.equals(RouteTraffic.NONE);
  }

  Stream<SlotContent> contents() {
    return Stream.concat(guards.stream(), limits.stream());
  }

  /** How many tokens a request may have at once; at least 1. */
  int tokens() {
    return guards.stream()
        .mapToInt(guard -> guard instanceof SlotContent.Jwt jwt ? jwt.tokens() : 1)
        .max()
        .orElse(1);
  }

  /** The limits that one request may pass: those for all, and those of each issuer. */
  Stream<ImmutableList<Seats.Sitter>> together() {
    Map<Optional<String>, ImmutableList.Builder<Seats.Sitter>> byIssuer = new LinkedHashMap<>();
    limits.forEach(limit ->
        byIssuer
            .computeIfAbsent(limit.issuer(), issuer -> ImmutableList.builder())
            .add(limit.sitter()));
    return byIssuer.values().stream().map(ImmutableList.Builder::build);
  }
}
