package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.protobuf.Any;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.JwtAuthentication;
import io.convoy.policy.JwtProvider;
import io.convoy.policy.RateLimit;
import io.convoy.policy.RouteSettings;
import io.convoy.policy.SecurityPolicy;
import io.convoy.policy.TargetRef;
import io.convoy.translation.http.ApiKeyFilter;
import io.convoy.translation.http.BasicAuthFilter;
import io.convoy.translation.http.Compressors;
import io.convoy.translation.http.CorsFilter;
import io.convoy.translation.http.Faults;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/** Finds what the policies that apply at a place want there. */
final class WantedReader {
  private final Documents documents;
  private final Mirrors mirrors;
  private final Problems problems;

  WantedReader(Documents documents, Mirrors mirrors, Problems problems) {
    this.documents = documents;
    this.mirrors = mirrors;
    this.problems = problems;
  }

  Wanted at(Place place) {
    var security = documents.security().at(place);
    ImmutableList<SlotContent> guards = guards(place, security);
    ImmutableSet<DocumentId> closedBy =
        documents.closed().at(place.whole()).stream()
            .map(applied -> applied.policy().id())
            .collect(ImmutableSet.toImmutableSet());
    ImmutableList<SlotContent.Limit> limits = limits(place);
    Map<String, Any> configs = new TreeMap<>();
    PlaceTraffic traffic = PlaceTraffic.at(place, documents);
    RouteSettings settings = traffic.settings();
    documents
        .traffic()
        .first(place, policy -> policy.route().compression())
        .map(Compressors::perRoute)
        .ifPresent(configs::putAll);
    documents
        .traffic()
        .first(place, policy -> policy.route().faultInjection())
        .filter(Faults::happen)
        .ifPresent(faults -> configs.put(Faults.NAME, Faults.perRoute(faults)));
    ImmutableSet<DocumentId> access = access(place, configs);
    var found = ImmutableSet.<DocumentId>builder().addAll(closedBy);
    guards.forEach(guard -> found.addAll(guard.documents()));
    limits.forEach(limit -> found.addAll(limit.documents()));
    found.addAll(traffic.documents());
    found.addAll(access);
    return new Wanted(
        guards,
        limits,
        place.inbound()
            ? RouteTraffic.NONE
            : new RouteTraffic(
                settings.timeouts(), settings.maxStreamDuration(), settings.retry(), copies(place)),
        ImmutableSortedMap.copyOf(configs),
        closedBy,
        found.build());
  }

  /** Adds what stands in the route itself; says which documents it is of. */
  private ImmutableSet<DocumentId> access(Place place, Map<String, Any> configs) {
    var documents = ImmutableSet.<DocumentId>builder();
    first(place, SecurityPolicy::cors, documents)
        .ifPresent(cors -> configs.put(CorsFilter.NAME, CorsFilter.perRoute(cors)));
    first(place, SecurityPolicy::basicAuth, documents)
        .ifPresent(auth -> configs.put(BasicAuthFilter.NAME, BasicAuthFilter.perRoute(auth)));
    first(place, SecurityPolicy::apiKeys, documents)
        .ifPresent(keys -> configs.put(ApiKeyFilter.NAME, ApiKeyFilter.perRoute(keys)));
    return documents.build();
  }

  private <V> Optional<V> first(
      Place place,
      Function<SecurityPolicy, Optional<V>> field,
      ImmutableSet.Builder<DocumentId> found) {
    Optional<SecurityPolicy> policy =
        documents.security().first(place, each -> field.apply(each).map(value -> each));
    policy.ifPresent(each -> found.add(each.id()));
    return policy.flatMap(field);
  }

  private Optional<RouteTraffic.Copies> copies(Place place) {
    return documents
        .traffic()
        .first(place.whole(), policy -> policy.route().mirror().map(mirror -> policy))
        .flatMap(policy -> policy.route().mirror().flatMap(to -> mirrors.of(policy, to)));
  }

  private ImmutableList<SlotContent> guards(
      Place place, ImmutableList<Attachments.Applied<SecurityPolicy>> security) {
    var guards = ImmutableList.<SlotContent>builder();
    Optional<SlotContent.Jwt> jwt =
        documents.security().first(place, policy -> policy.jwt().map(given -> jwt(policy, given)));
    jwt.ifPresent(guards::add);
    int tokens = jwt.map(SlotContent.Jwt::tokens).orElse(1);
    ImmutableList<SecurityPolicy> revoking =
        all(security, policy -> policy.revocation().isPresent());
    Optional<SlotContent.Jwt> lookedUp = jwt.filter(content -> !content.issuers().isEmpty());
    if (!revoking.isEmpty() || lookedUp.isPresent()) {
      guards.add(
          new SlotContent.Revocation(
              revoking,
              named(revoking, policy -> policy.revocation().orElseThrow().issuedBefore().keySet()),
              tokens,
              lookedUp));
    }
    ImmutableList<SecurityPolicy> authorizing =
        all(security, policy -> policy.authorization().isPresent());
    if (!authorizing.isEmpty()) {
      guards.add(
          new SlotContent.Authorization(
              authorizing,
              named(authorizing, policy -> policy.authorization().orElseThrow().providers()),
              tokens));
    }
    return guards.build();
  }

  private SlotContent.Jwt jwt(SecurityPolicy policy, JwtAuthentication jwt) {
    return new SlotContent.Jwt(
        policy.id(), jwt, named(ImmutableList.of(policy), one -> jwt.providers()));
  }

  /** The providers that policies name, as far as they may be used; says which are not. */
  private ImmutableMap<String, JwtProvider> named(
      ImmutableList<SecurityPolicy> policies, Function<SecurityPolicy, Set<String>> names) {
    var all = new TreeSet<String>();
    for (SecurityPolicy policy : policies) {
      for (String name : names.apply(policy)) {
        all.add(name);
        if (!documents.jwtProviders().containsKey(name)) {
          boolean refused =
              documents.refusedProviders().containsKey(new DocumentId("jwt-provider", name));
          problems.add(
              policy.id(),
              (refused
                      ? "the jwt-provider \"%s\" is not used"
                      : "no jwt-provider has the name \"%s\"")
                  .formatted(name));
        }
      }
    }
    return named(ImmutableSet.copyOf(all));
  }

  private static ImmutableList<SecurityPolicy> all(
      ImmutableList<Attachments.Applied<SecurityPolicy>> applied, Predicate<SecurityPolicy> which) {
    return applied.stream()
        .map(Attachments.Applied::policy)
        .filter(which)
        .distinct()
        .collect(ImmutableList.toImmutableList());
  }

  private ImmutableList<SlotContent.Limit> limits(Place place) {
    var limits = ImmutableList.<SlotContent.Limit>builder();
    for (Attachments.Applied<BackendTrafficPolicy> applied : documents.traffic().at(place)) {
      applied
          .policy()
          .rateLimit()
          .flatMap(limit -> limit(applied.policy(), applied.target(), limit.local()))
          .ifPresent(limits::add);
    }
    return limits.build();
  }

  /** Empty where no rule can match: it needs no slot. */
  private Optional<SlotContent.Limit> limit(
      BackendTrafficPolicy policy, TargetRef target, RateLimit.Local limit) {
    ImmutableSet<String> names = limit.providers();
    ImmutableMap<String, JwtProvider> found = named(names);
    names.stream()
        .filter(name -> !found.containsKey(name))
        .forEach(name ->
            problems.add(policy.id(), "no jwt-provider has the name \"%s\"".formatted(name)));
    boolean ofOne = found.size() == 1 && names.size() == 1 && limit.ofProvidersOnly();
    Optional<String> issuer =
        ofOne ? Optional.of(found.values().iterator().next().issuer()) : Optional.empty();
    boolean never =
        limit.rules().stream().noneMatch(rule -> found.keySet().containsAll(rule.providers()));
    return never
        ? Optional.empty()
        : Optional.of(new SlotContent.Limit(policy.id(), limit, target, found, issuer));
  }

  private ImmutableMap<String, JwtProvider> named(ImmutableSet<String> names) {
    var found = ImmutableMap.<String, JwtProvider>builder();
    names.forEach(name -> {
      JwtProvider provider = documents.jwtProviders().get(name);
      if (provider != null) {
        found.put(name, provider);
      }
    });
    return found.buildOrThrow();
  }
}
