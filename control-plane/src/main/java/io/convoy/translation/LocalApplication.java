package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Maps;
import io.convoy.catalog.Mesh;
import io.convoy.policy.ClientTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RequestMatch;
import io.convoy.policy.Retries;
import io.convoy.policy.SecurityPolicy;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.TargetRef;
import io.convoy.policy.Timeouts;
import io.convoy.translation.http.Lane;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.time.Duration;
import java.util.Optional;

/**
 * The application beside a sidecar, and the routes to it.
 *
 * @param checkPath of the health check: it passes unguarded
 * @param guarded whether the service's policies act here, rather than where clients connect
 * @param connectTimeout to the application
 * @param requestTimeout zero for none: callers have limits of their own
 * @param maxConnections from outside; 0 for as many as come
 * @param tls whom it lets in; absent where nobody has to prove anything
 * @param documents that said so
 */
record LocalApplication(
    String service,
    SidecarLayout.Inbound inbound,
    Optional<String> checkPath,
    boolean guarded,
    ServiceDefaults.Protocol protocol,
    Duration connectTimeout,
    Duration requestTimeout,
    int maxConnections,
    Optional<InboundTls> tls,
    ImmutableSet<DocumentId> documents) {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** The rules of the routes: of every path, and of the health check's. */
  private static final int ALL = 0;

  private static final int CHECK = 1;

  /** {@code authority}: who vouches for callers; absent where nobody has to prove anything. */
  static LocalApplication of(
      String service,
      SidecarLayout.Inbound inbound,
      Optional<String> checkPath,
      Documents documents,
      Optional<Mesh.Authority> authority) {
    var chains = new ChainDocuments(documents);
    Optional<ServiceDefaults> defaults = chains.defaults(service);
    ServiceDefaults.Protocol protocol = chains.protocol(service);
    boolean permissive = chains.permissive(service);
    return new LocalApplication(
        service,
        inbound,
        checkPath,
        !ByAddress.judges(service, documents.security(), documents.traffic()),
        protocol,
        defaults.flatMap(ServiceDefaults::localConnectTimeout).orElse(CONNECT_TIMEOUT),
        defaults.flatMap(ServiceDefaults::localRequestTimeout).orElse(Duration.ZERO),
        defaults.map(ServiceDefaults::maxInboundConnections).orElse(0),
        authority.map(vouching ->
            new InboundTls(
                vouching,
                protocol,
                permissive,
                checkPath
                    .filter(path -> protocol != ServiceDefaults.Protocol.TCP)
                    .map(path -> new InboundTls.Check(path, cluster(inbound))))),
        chains.answers().found());
  }

  /** Whether a document guards the service, be it one that was never good. */
  static boolean guarded(String service, Documents documents) {
    return !guards(service, documents).isEmpty();
  }

  private static ImmutableSet<DocumentId> guards(String service, Documents documents) {
    var target = new TargetRef.Service(service);
    var ids = ImmutableSet.<DocumentId>builder();
    documents.security().byTarget().get(target).stream().map(SecurityPolicy::id).forEach(ids::add);
    documents.closed().byTarget().get(target).forEach(closed -> ids.add(closed.id()));
    return ids.build();
  }

  /** The documents that guard the service in ways that its protocol does not have. */
  ImmutableSet<DocumentId> unenforceable(Documents all) {
    return protocol == ServiceDefaults.Protocol.TCP ? guards(service, all) : ImmutableSet.of();
  }

  String cluster() {
    return cluster(inbound);
  }

  private static String cluster(SidecarLayout.Inbound inbound) {
    return "local/" + inbound.appPort();
  }

  ClientTrafficPolicy.Settings clients(ClientTrafficPolicy.Settings usual) {
    var connections = usual.connections();
    return new ClientTrafficPolicy.Settings(
        usual.clientIpDetection(),
        usual.path(),
        usual.headers(),
        usual.timeouts(),
        new ClientTrafficPolicy.Connections(
            maxConnections > 0 ? Optional.of((long) maxConnections) : Optional.empty(),
            connections.closeDelay(),
            connections.maxRequests(),
            connections.bufferLimit()),
        usual.http1(),
        usual.http2(),
        usual.drain());
  }

  /** Where policies act, by route. */
  ImmutableMap<CompiledRoutes.Site, Place> places() {
    return protocol == ServiceDefaults.Protocol.TCP
        ? ImmutableMap.of()
        : ImmutableMap.of(all(), Place.inbound(service, guarded));
  }

  /** Whether a policy of the service verifies tokens here. */
  boolean looksForTokens(ImmutableMap<Place, RouteFilters> filters) {
    String verifying = new Lane(Lane.Kind.JWT, 0).filterName();
    return places().values().stream()
        .anyMatch(place ->
            filters.getOrDefault(place, RouteFilters.NONE).configs().containsKey(verifying));
  }

  RouteTable.Attached attached(ImmutableMap<Place, RouteFilters> filters) {
    return new RouteTable.Attached(
        routes(),
        ImmutableSet.of(Hosts.EVERY),
        ImmutableMap.copyOf(
            Maps.transformValues(
                places(), place -> filters.getOrDefault(place, RouteFilters.NONE))));
  }

  private CompiledRoutes.Site all() {
    return new CompiledRoutes.Site(ALL, ImmutableSet.of(service), ImmutableSet.of());
  }

  private CompiledRoutes routes() {
    var blocks = ImmutableList.<CompiledRoutes.Block>builder();
    checkPath.ifPresent(path ->
        blocks.add(
            block(
                new RequestMatch.Path.Exact(path, false),
                CHECK,
                new CompiledRoutes.Site(CHECK, ImmutableSet.of(), ImmutableSet.of()))));
    blocks.add(block(new RequestMatch.Path.Prefix("/", false), ALL, all()));
    return new CompiledRoutes(
        id(),
        ImmutableList.of(),
        blocks.build(),
        ImmutableSortedMap.of(),
        ImmutableSetMultimap.of(),
        ImmutableSet.<DocumentId>builder().add(id()).addAll(documents).build(),
        ImmutableSetMultimap.of());
  }

  private CompiledRoutes.Block block(RequestMatch.Path path, int index, CompiledRoutes.Site site) {
    var match = new RequestMatch(path, ImmutableSet.of(), ImmutableList.of(), ImmutableList.of());
    PathRule paths = PathRule.of(path, Optional.empty()).getFirst();
    var route =
        Route.newBuilder()
            .setName(index == CHECK ? "check" : id().toString())
            .setMatch(RouteMatches.of(paths, match))
            .setRoute(
                RouteAction.newBuilder()
                    .setCluster(cluster())
                    .setTimeout(RouteActions.duration(requestTimeout)));
    return new CompiledRoutes.Block(
        Rank.of(match, true, 0, id(), index),
        ImmutableList.of(
            new CompiledRoutes.Compiled(
                route.build(), ImmutableList.of(site), Timeouts.NONE, Retries.NONE)));
  }

  private DocumentId id() {
    return MetaRoute.id(service);
  }

  Resource resource() {
    var cluster =
        Cluster.newBuilder()
            .setName(cluster())
            .setType(Cluster.DiscoveryType.STATIC)
            .setConnectTimeout(RouteActions.duration(connectTimeout))
            .setLoadAssignment(
                ClusterLoadAssignment.newBuilder()
                    .setClusterName(cluster())
                    .addEndpoints(
                        LocalityLbEndpoints.newBuilder()
                            .addLbEndpoints(
                                LbEndpoint.newBuilder()
                                    .setEndpoint(
                                        Endpoint.newBuilder()
                                            .setAddress(
                                                GatewayListener.address(
                                                    "127.0.0.1", inbound.appPort()))))));
    Clusters.http2(cluster, protocol);
    return References.resource(ResourceType.CLUSTERS, cluster(), cluster.build(), documents);
  }
}
