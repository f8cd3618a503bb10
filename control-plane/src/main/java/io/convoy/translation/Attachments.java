package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.policy.TargetRef;
import java.util.Optional;
import java.util.function.Function;

/**
 * The policies of one kind by what they are attached to. Immutable.
 *
 * <p>Precedence, the lowest first: a gateway, one of its listeners, a service, an {@code
 * http-route}, one of its rules. A field that can have one value only has that of the most specific
 * policy that gives it; of several that are attached to the same, the oldest counts. Limits,
 * authorization and revocation add up instead: all that apply do.
 */
record Attachments<P>(ImmutableListMultimap<TargetRef, P> byTarget) {
  /** The {@code node.cluster} of a gateway that nobody named. */
  private static final String DEFAULT_GATEWAY = "gateway";

  /** A policy, and the one of its targets that it applies by. */
  record Applied<P>(P policy, TargetRef target) {}

  static <P> Attachments<P> of(
      ImmutableList<Documents.Aged<P>> oldestFirst,
      Function<P, ImmutableList<TargetRef>> targetsOf) {
    var byTarget = ImmutableListMultimap.<TargetRef, P>builder();
    for (Documents.Aged<P> aged : oldestFirst) {
      targetsOf.apply(aged.policy()).forEach(target -> byTarget.put(target, aged.policy()));
    }
    return new Attachments<>(byTarget.build());
  }

  /**
   * All policies that apply at a place: the most specific first, of one target the oldest. Those
   * that act elsewhere are not among them.
   */
  ImmutableList<Applied<P>> at(Place place) {
    var applied = ImmutableList.<Applied<P>>builder();
    for (TargetRef target : place.targets()) {
      if (place.acts(target)) {
        byTarget.get(target).forEach(policy -> applied.add(new Applied<>(policy, target)));
      }
    }
    return applied.build();
  }

  /**
   * Of a field that can have one value only, the one that counts at a place; empty where that acts
   * elsewhere: what is less specific does not take its place.
   *
   * @param field absent where a policy does not give it
   */
  <V> Optional<V> first(Place place, Function<P, Optional<V>> field) {
    for (TargetRef target : place.targets()) {
      for (P policy : byTarget.get(target)) {
        Optional<V> value = field.apply(policy);
        if (value.isPresent()) {
          return place.acts(target) ? value : Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** Says of every policy whose field an older one of the same target takes that it does. */
  <V> void reportTies(
      String name, Function<P, DocumentId> id, Function<P, Optional<V>> field, Problems problems) {
    byTarget
        .asMap()
        .forEach((target, policies) -> {
          if (policies.size() < 2) {
            return;
          }
          DocumentId winner = null;
          for (P policy : policies) {
            if (field.apply(policy).isEmpty()) {
              continue;
            }
            if (winner == null) {
              winner = id.apply(policy);
            } else {
              problems.add(
                  id.apply(policy),
                  "%s of %s is that of %s, which is older".formatted(name, shown(target), winner));
            }
          }
        });
  }

  /** Says of every target that does not exist that it does not. */
  void reportMissing(
      String gateway,
      Documents documents,
      ImmutableSet<String> services,
      Function<P, DocumentId> id,
      Problems problems) {
    var rules = ImmutableMap.<String, Integer>builder();
    documents
        .routes()
        .forEach(aged -> rules.put(aged.route().id().name(), aged.route().rules().size()));
    ImmutableMap<String, Integer> rulesByRoute = rules.buildOrThrow();
    byTarget
        .asMap()
        .forEach((target, policies) ->
            missing(target, gateway, documents, rulesByRoute, services)
                .ifPresent(
                    line -> policies.forEach(policy -> problems.add(id.apply(policy), line))));
  }

  private static Optional<String> missing(
      TargetRef target,
      String gateway,
      Documents documents,
      ImmutableMap<String, Integer> rulesByRoute,
      ImmutableSet<String> services) {
    return switch (target) {
      case TargetRef.Gateway(String name, String section) -> {
        var described = documents.gateways().get(name);
        if (described == null) {
          // One that no document describes is known to itself only, and the default one to all.
          yield (name.equals(gateway) || name.equals(DEFAULT_GATEWAY)) && section.isEmpty()
              ? Optional.empty()
              : Optional.of("no api-gateway has the name \"%s\"".formatted(name));
        }
        boolean found =
            section.isEmpty()
                || described.listeners().stream()
                    .anyMatch(listener -> listener.name().equals(section));
        yield found
            ? Optional.empty()
            : Optional.of("api-gateway \"%s\" has no listener \"%s\"".formatted(name, section));
      }
      case TargetRef.Service(String name) ->
          services.contains(name)
              ? Optional.empty()
              : Optional.of("service \"%s\" is not in the catalog".formatted(name));
      case TargetRef.Route(String name) -> missingRule(name, 0, true, rulesByRoute);
      case TargetRef.Rule(String name, int rule) -> missingRule(name, rule, false, rulesByRoute);
    };
  }

  private static Optional<String> missingRule(
      String route, int rule, boolean anyRule, ImmutableMap<String, Integer> rulesByRoute) {
    Integer rules = rulesByRoute.get(route);
    if (rules == null) {
      return Optional.of("no http-route has the name \"%s\"".formatted(route));
    }
    return anyRule || rule < rules
        ? Optional.empty()
        : Optional.of("http-route \"%s\" has no rule %d, it has %d".formatted(route, rule, rules));
  }

  private static String shown(TargetRef target) {
    return switch (target) {
      case TargetRef.Gateway(String name, String section) ->
          "api-gateway \"%s\"%s".formatted(name, section.isEmpty() ? "" : ", listener " + section);
      case TargetRef.Service(String name) -> "service \"%s\"".formatted(name);
      case TargetRef.Route(String name) -> "http-route \"%s\"".formatted(name);
      case TargetRef.Rule(String name, int rule) ->
          "http-route \"%s\", rule %d".formatted(name, rule);
    };
  }
}
