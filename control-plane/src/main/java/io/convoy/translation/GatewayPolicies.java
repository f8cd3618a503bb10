package io.convoy.translation;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.ListMultimap;
import com.google.protobuf.Any;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.JwtProvider;
import io.convoy.policy.RateLimit;
import io.convoy.policy.SecurityPolicy;
import io.convoy.translation.http.Lane;
import io.convoy.translation.http.Lanes;
import io.convoy.translation.http.SlotChoice;
import io.convoy.translation.http.TokenClaims;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What policies make of the places of one gateway: the filters that requests pass there, and the
 * resources that hold the filters' content. Confined to one thread.
 */
final class GatewayPolicies {
  /** Switches a filter of the listener on and leaves it as it is. */
  private static final Any ON =
      Any.pack(FilterConfig.newBuilder().setConfig(Any.getDefaultInstance()).build());

  private final String gateway;
  private final Seats seats;
  private final Memo<ResourceKey, SlotContent, Resource> contents = new Memo<>();
  private final Memo<String, KeyServerCluster.Input, Resource> keyServers = new Memo<>();
  private final String trustRoots;

  // As it was applied last.
  private final ListMultimap<DocumentId, SlotContent.Limit> limits = ArrayListMultimap.create();
  private final Map<Seats.Sitter, Resource> slots = new LinkedHashMap<>();

  /**
   * For one gateway.
   *
   * @param gateway whose places they are
   * @param trustRoots a file on every Envoy's disk
   */
  GatewayPolicies(String gateway, Seats seats, String trustRoots) {
    this.gateway = gateway;
    this.seats = seats;
    this.trustRoots = trustRoots;
  }

  /** The outcome. {@code resources}: what the content of slots names. */
  record Result(
      ImmutableMap<Place, RouteFilters> filters,
      ImmutableList<Resource> resources,
      Lanes lanes,
      Mirrors.Planned mirrors) {}

  /** {@code alsoVerified}: providers whose tokens something else verifies, too. */
  Result apply(
      Documents documents,
      Collection<Place> places,
      Collection<JwtProvider> alsoVerified,
      Problems problems) {
    var wanted = new LinkedHashMap<Place, Wanted>();
    var mirrors = new Mirrors(new ClusterPlanner(gateway, new ChainDocuments(documents), problems));
    var reader = new WantedReader(documents, mirrors, problems);
    TrafficFields.reportTies(documents.traffic(), problems);
    documents.security().reportTies("JWT", SecurityPolicy::id, SecurityPolicy::jwt, problems);
    documents.security().reportTies("CORS", SecurityPolicy::id, SecurityPolicy::cors, problems);
    documents
        .security()
        .reportTies("BasicAuth", SecurityPolicy::id, SecurityPolicy::basicAuth, problems);
    documents
        .security()
        .reportTies("APIKeys", SecurityPolicy::id, SecurityPolicy::apiKeys, problems);
    places.forEach(place -> wanted.computeIfAbsent(place, reader::at));
    var ages = new Ages(documents);
    Map<Seats.Sitter, SlotContent> found = new HashMap<>();
    wanted
        .values()
        .forEach(want -> want.contents().forEach(content -> found.put(content.sitter(), content)));
    List<SlotContent> oldestFirst =
        found.values().stream()
            .sorted(Comparator.comparingLong(ages::of).thenComparing(SlotContent::name))
            .toList();
    seats.update(
        oldestFirst.stream().map(SlotContent::sitter).collect(ImmutableSet.toImmutableSet()),
        wanted.values().stream().flatMap(Wanted::together).distinct().toList());

    var filters = ImmutableMap.<Place, RouteFilters>builder();
    wanted.forEach((place, want) -> filters.put(place, filters(want)));
    slots.clear();
    limits.clear();
    oldestFirst.forEach(this::fill);
    contents.forgetUnused();
    var result =
        new Result(
            filters.buildOrThrow(),
            keyServers(oldestFirst, alsoVerified),
            seats.lanes(),
            mirrors.planned());
    keyServers.forgetUnused();
    return result;
  }

  private void fill(SlotContent content) {
    slots.put(content.sitter(), resource(content));
    if (content instanceof SlotContent.Limit limit) {
      limits.put(limit.policy(), limit);
    }
  }

  /** Takes over limits of policies that differ in nothing else. */
  void refill(ImmutableList<BackendTrafficPolicy> policies) {
    for (BackendTrafficPolicy policy : policies) {
      RateLimit.Local next = policy.rateLimit().orElseThrow().local();
      for (SlotContent.Limit limit : limits.get(policy.id())) {
        slots.put(limit.sitter(), resource(limit.with(next)));
      }
    }
  }

  /** The content of all slots. */
  ImmutableList<Resource> slots() {
    return ImmutableList.copyOf(slots.values());
  }

  /** A cluster for each provider whose keys Envoys fetch. */
  private ImmutableList<Resource> keyServers(
      List<SlotContent> contents, Collection<JwtProvider> alsoVerified) {
    Map<String, Resource> clusters = new TreeMap<>();
    Stream.concat(
            contents.stream()
                .filter(SlotContent.Jwt.class::isInstance)
                .flatMap(content -> ((SlotContent.Jwt) content).providers().values().stream()),
            alsoVerified.stream())
        .forEach(provider -> {
          if (provider.keys() instanceof JwtProvider.Keys.Remote remote) {
            var input = new KeyServerCluster.Input(provider.id(), remote, trustRoots);
            clusters.computeIfAbsent(
                input.name(), name -> keyServers.get(name, input, input::resource));
          }
        });
    return ImmutableList.copyOf(clusters.values());
  }

  /** Those that choose slots, and the claims that are read on the way. */
  private static ImmutableSortedSet<String> headers(Map<String, String> choosing, int tokens) {
    return choosing.isEmpty()
        ? ImmutableSortedSet.of()
        : ImmutableSortedSet.<String>naturalOrder()
            .addAll(choosing.keySet())
            .addAll(TokenClaims.headersOf(tokens))
            .build();
  }

  private Resource resource(SlotContent content) {
    ResourceKey key = seats.of(content.sitter()).resource();
    return contents.get(
        key,
        content,
        () ->
            References.resource(
                ResourceType.EXTENSIONS,
                key.name(),
                TypedExtensionConfig.newBuilder()
                    .setName(key.name())
                    .setTypedConfig(Any.pack(content.filter()))
                    .build(),
                content.documents()));
  }

  private RouteFilters filters(Wanted want) {
    if (want.nothing()) {
      return RouteFilters.NONE;
    }
    Map<String, Any> configs = new TreeMap<>(want.configs());
    Map<String, String> headers = new TreeMap<>();
    var slots = ImmutableSet.<ResourceKey>builder();
    var byIssuer = new TreeMap<String, ImmutableSortedMap.Builder<String, String>>();
    want.contents()
        .forEach(content -> {
          Seats.Seat seat = seats.of(content.sitter());
          slots.add(seat.resource());
          configs.put(seat.lane().filterName(), ON);
          String slot = Integer.toString(seat.slot());
          if (content instanceof SlotContent.Limit limit && limit.issuer().isPresent()) {
            headers.put(seat.lane().header(), "none");
            byIssuer
                .computeIfAbsent(limit.issuer().get(), issuer -> ImmutableSortedMap.naturalOrder())
                .put(seat.lane().header(), slot);
          } else {
            headers.put(seat.lane().header(), slot);
          }
          content.identity().ifPresent(id -> headers.put(seat.lane().identityHeader(), id));
        });
    if (!want.closedBy().isEmpty()) {
      // No slot has this name, so that the lane denies.
      var lane = new Lane(Lane.Kind.AUTHORIZATION, 0);
      headers.put(lane.header(), "closed");
      configs.put(lane.filterName(), ON);
    }
    if (!headers.isEmpty()) {
      configs.put(SlotChoice.BY_ROUTE, SlotChoice.perRoute(headers));
    }
    if (!byIssuer.isEmpty()) {
      var maps = ImmutableSortedMap.<String, ImmutableSortedMap<String, String>>naturalOrder();
      byIssuer.forEach((issuer, map) -> maps.put(issuer, map.buildOrThrow()));
      configs.put(SlotChoice.BY_ISSUER, SlotChoice.perRouteByIssuer(maps.buildOrThrow()));
    }
    return new RouteFilters(
        ImmutableSortedMap.copyOf(configs),
        headers(headers, want.tokens()),
        want.traffic(),
        slots.build(),
        want.documents());
  }
}
