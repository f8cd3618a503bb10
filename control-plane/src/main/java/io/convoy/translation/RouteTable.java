package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The route configuration of one port.
 *
 * <p>Envoy looks at the most specific virtual host only and never at a wider one after it. But a
 * route without hostnames is one for every host. So each virtual host ends with the routes of the
 * wider ones: after its own come those of {@code *.suffix}, the longest suffix first, then those of
 * every host. That is the Gateway API's order of precedence too (the more specific hostname before
 * anything else).
 *
 * @param attached the routes, each with the hosts that it is for at this port
 * @param suffixes that every host is known with too, besides its name as such
 */
record RouteTable(String name, ImmutableList<Attached> attached, ImmutableList<String> suffixes) {

  /** With hosts that have one name. */
  static RouteTable of(String name, ImmutableList<Attached> attached) {
    return new RouteTable(name, attached, ImmutableList.of());
  }

  /**
   * The routes of one source.
   *
   * @param hosts is not empty; {@code *} stands for every host
   * @param filters by site; a site that is not in it has none
   */
  record Attached(
      CompiledRoutes routes,
      ImmutableSet<String> hosts,
      ImmutableMap<CompiledRoutes.Site, RouteFilters> filters) {

    RouteFilters filters(CompiledRoutes.Site site) {
      return filters.getOrDefault(site, RouteFilters.NONE);
    }
  }

  /** Routes with what policies say about them. */
  private record Placed(CompiledRoutes.Block block, Attached source) {
    Rank rank() {
      return block.rank();
    }
  }

  private static final Comparator<Map.Entry<String, List<Placed>>> WIDER_LATER =
      Comparator.comparingInt(entry -> -entry.getKey().length());

  Resource resource() {
    Map<String, List<Placed>> hosts = new TreeMap<>();
    for (Attached source : attached) {
      for (String host : source.hosts()) {
        List<Placed> placed = hosts.computeIfAbsent(host, name -> new ArrayList<>());
        source.routes().blocks().forEach(block -> placed.add(new Placed(block, source)));
      }
    }
    hosts.values().forEach(placed -> placed.sort(Comparator.comparing(Placed::rank)));

    // The port of the Host header is the client's view of the port, which may have been mapped; it
    // is ignored rather than stripped so that the service still sees it.
    var configuration =
        RouteConfiguration.newBuilder()
            .setName(name)
            .setIgnorePortInHostMatching(true)
            // How long a service took is for the access log, not for the client.
            .addResponseHeadersToRemove("x-envoy-upstream-service-time");
    hosts.forEach((host, blocks) -> configuration.addVirtualHosts(virtualHost(host, hosts)));
    RouteConfiguration built = configuration.build();
    return Resource.of(
        new ResourceKey(ResourceType.ROUTES, name),
        built,
        documents(),
        ImmutableSet.<ResourceKey>builder().addAll(References.of(built)).addAll(slots()).build());
  }

  private VirtualHost virtualHost(String host, Map<String, List<Placed>> hosts) {
    Map<Rank, Placed> ordered = new LinkedHashMap<>();
    hosts.entrySet().stream()
        .filter(entry -> Hosts.covers(entry.getKey(), host))
        .sorted(WIDER_LATER)
        .flatMap(entry -> entry.getValue().stream())
        .forEach(placed -> ordered.putIfAbsent(placed.rank(), placed));
    var result =
        VirtualHost.newBuilder()
            .setName(host)
            .addDomains(host)
            .addAllDomains(suffixes.stream().map(host::concat).toList())
            .setRetryPolicy(RetryPolicies.unlessSaid());
    ordered
        .values()
        .forEach(placed ->
            placed
                .block()
                .routes()
                .forEach(route -> result.addRoutes(route(route, placed.source()))));
    return result.build();
  }

  /** Where the clusters of a route have different filters, each has its own. */
  private static Route route(CompiledRoutes.Compiled compiled, Attached source) {
    ImmutableList<RouteFilters> filters =
        compiled.sites().stream().map(source::filters).collect(ImmutableList.toImmutableList());
    if (filters.stream().allMatch(RouteFilters.NONE::equals)) {
      return compiled.route();
    }
    Route.Builder route = withoutHeaders(compiled, filters);
    if (compiled.route().hasRoute()) {
      RouteTraffic.agreed(
              filters.stream().map(RouteFilters::traffic).toList(),
              source.filters(compiled.anyService()).traffic())
          .apply(route.getRouteBuilder(), compiled.timeouts(), compiled.retries());
    }
    var configs = filters.getFirst().configs();
    if (filters.stream().allMatch(each -> each.configs().equals(configs))) {
      return route.putAllTypedPerFilterConfig(configs).build();
    }
    var clusters = route.getRouteBuilder().getWeightedClustersBuilder();
    for (int i = 0; i < filters.size(); i++) {
      clusters.getClustersBuilder(i).putAllTypedPerFilterConfig(filters.get(i).configs());
    }
    return route.build();
  }

  /** What the filters say to each other is not for the service. */
  private static Route.Builder withoutHeaders(
      CompiledRoutes.Compiled compiled, ImmutableList<RouteFilters> filters) {
    var headers = new TreeSet<String>();
    filters.forEach(filter -> headers.addAll(filter.headers()));
    return compiled.route().toBuilder().addAllRequestHeadersToRemove(headers);
  }

  private ImmutableSet<ResourceKey> slots() {
    var slots = ImmutableSet.<ResourceKey>builder();
    attached.forEach(
        source -> source.filters().values().forEach(filters -> slots.addAll(filters.slots())));
    return slots.build();
  }

  private ImmutableSet<DocumentId> documents() {
    var documents = ImmutableSet.<DocumentId>builder();
    for (Attached source : attached) {
      documents.addAll(source.routes().documents());
      source.filters().values().forEach(filters -> documents.addAll(filters.documents()));
    }
    return documents.build();
  }
}
