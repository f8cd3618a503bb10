package io.convoy.admin;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.re2j.Pattern;
import io.convoy.policy.DocumentId;
import io.convoy.snapshot.Snapshot;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.convoy.translation.http.ChosenSlot;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster.ClusterWeight;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Says, by a snapshot alone, what an Envoy that has it does with a request. */
final class Explainer {
  private static final int PASSED_OVER = 10;
  private static final String HCM = "envoy.filters.network.http_connection_manager";
  private static final String TCP = "envoy.filters.network.tcp_proxy";

  private final Snapshot snapshot;
  private final AskedRequest request;

  Explainer(Snapshot snapshot, AskedRequest request) {
    this.snapshot = snapshot;
    this.request = request;
  }

  ImmutableList<Explanation.Taken> listeners() {
    return snapshot.of(ResourceType.LISTENERS).values().stream()
        .map(resource -> unpack(resource.body(), Listener.class))
        .filter(Listener::hasAddress)
        .flatMap(this::taken)
        .distinct()
        .collect(ImmutableList.toImmutableList());
  }

  private Stream<Explanation.Taken> taken(Listener listener) {
    return listener.getFilterChainsList().stream()
        .flatMap(chain -> chain.getFiltersList().stream())
        .flatMap(filter -> taken(listener, filter).stream());
  }

  private Optional<Explanation.Taken> taken(Listener listener, Filter filter) {
    return switch (filter.getName()) {
      case HCM ->
          Optional.of(
              request(listener, unpack(filter.getTypedConfig(), HttpConnectionManager.class)));
      case TCP -> {
        String cluster = unpack(filter.getTypedConfig(), TcpProxy.class).getCluster();
        yield Optional.of(
            new Answer("connections are passed on to " + cluster)
                .to(ImmutableList.of(destination(cluster, 100)))
                .at(listener));
      }
      default -> Optional.empty();
    };
  }

  private Explanation.Taken request(Listener listener, HttpConnectionManager manager) {
    String name = manager.getRds().getRouteConfigName();
    RouteConfiguration routes =
        manager.hasRouteConfig()
            ? manager.getRouteConfig()
            : find(ResourceType.ROUTES, name, RouteConfiguration.class)
                .orElse(RouteConfiguration.getDefaultInstance());
    var answer = new Answer("404: no virtual host has the host \"" + request.host() + "\"");
    answer.routes = Optional.of(name).filter(text -> !text.isEmpty());
    RouteMatching.virtualHost(routes, request.host()).ifPresent(host -> route(host, answer));
    return answer.at(listener);
  }

  private void route(VirtualHost host, Answer answer) {
    answer.virtualHost = Optional.of(host.getName());
    answer.outcome = "404: no route of the virtual host takes the request";
    for (Route route : host.getRoutesList()) {
      if (!RouteMatching.takesPath(route.getMatch(), request.path())) {
        continue;
      }
      List<String> mismatches = RouteMatching.mismatches(route.getMatch(), request);
      if (mismatches.isEmpty()) {
        found(route, answer);
        return;
      }
      answer.passedOver.add(route.getName() + ": " + String.join(", ", mismatches));
    }
  }

  private void found(Route route, Answer answer) {
    answer.route = Optional.of(route.getName());
    answer.policies = policies(route);
    switch (route.getActionCase()) {
      case ROUTE -> routed(route, answer);
      case REDIRECT -> answer.outcome = "redirected";
      case DIRECT_RESPONSE ->
          answer.outcome = "answered by Envoy with " + route.getDirectResponse().getStatus();
      case FILTER_ACTION, NON_FORWARDING_ACTION, ACTION_NOT_SET -> answer.outcome = "not forwarded";
    }
  }

  private void routed(Route route, Answer answer) {
    answer.to(destinations(route.getRoute()));
    answer.path = rewritten(route).filter(path -> !path.equals(request.path()));
    boolean nobody =
        !answer.clusters.isEmpty() && answer.clusters.stream().allMatch(to -> to.healthy() == 0);
    answer.outcome = nobody ? "503: no healthy endpoint" : "routed";
  }

  private ImmutableList<Explanation.Destination> destinations(RouteAction action) {
    if (!action.hasWeightedClusters()) {
      return ImmutableList.of(destination(action.getCluster(), 100));
    }
    List<ClusterWeight> clusters = action.getWeightedClusters().getClustersList();
    double sum = clusters.stream().mapToInt(each -> each.getWeight().getValue()).sum();
    return clusters.stream()
        .map(each -> destination(each.getName(), 100 * each.getWeight().getValue() / sum))
        .collect(ImmutableList.toImmutableList());
  }

  private Explanation.Destination destination(String name, double percent) {
    Cluster cluster =
        find(ResourceType.CLUSTERS, name, Cluster.class).orElse(Cluster.getDefaultInstance());
    ClusterLoadAssignment assignment =
        cluster.hasLoadAssignment()
            ? cluster.getLoadAssignment()
            : find(ResourceType.ENDPOINTS, name, ClusterLoadAssignment.class)
                .orElse(ClusterLoadAssignment.getDefaultInstance());
    return new Explanation.Destination(
        name,
        percent,
        count(assignment, Set.of(HealthStatus.HEALTHY, HealthStatus.UNKNOWN)),
        count(assignment, Set.of(HealthStatus.UNHEALTHY)),
        count(assignment, Set.of(HealthStatus.DRAINING)));
  }

  private static int count(ClusterLoadAssignment assignment, Set<HealthStatus> statuses) {
    return (int)
        assignment.getEndpointsList().stream()
            .flatMap(locality -> locality.getLbEndpointsList().stream())
            .filter(endpoint -> statuses.contains(endpoint.getHealthStatus()))
            .count();
  }

  private Optional<String> rewritten(Route route) {
    RouteAction action = route.getRoute();
    if (action.hasRegexRewrite()) {
      return Optional.of(
          Pattern.compile(action.getRegexRewrite().getPattern().getRegex())
              .matcher(request.path())
              .replaceAll(action.getRegexRewrite().getSubstitution().replace("$", "\\$")));
    }
    if (action.getPrefixRewrite().isEmpty()) {
      return Optional.empty();
    }
    int matched =
        switch (route.getMatch().getPathSpecifierCase()) {
          case PREFIX -> route.getMatch().getPrefix().length();
          case PATH_SEPARATED_PREFIX -> route.getMatch().getPathSeparatedPrefix().length();
          case PATH, SAFE_REGEX, CONNECT_MATCHER, PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET ->
              request.path().length();
        };
    return Optional.of(action.getPrefixRewrite() + request.path().substring(matched));
  }

  private ImmutableList<Explanation.Acting> policies(Route route) {
    return configs(route)
        .flatMap(configs -> ChosenSlot.of(configs).stream())
        .distinct()
        .map(this::acting)
        .sorted(Comparator.comparing(Explanation.Acting::slot))
        .collect(ImmutableList.toImmutableList());
  }

  private static Stream<Map<String, Any>> configs(Route route) {
    return Stream.concat(
        Stream.of(route.getTypedPerFilterConfigMap()),
        route.getRoute().getWeightedClusters().getClustersList().stream()
            .map(ClusterWeight::getTypedPerFilterConfigMap));
  }

  private Explanation.Acting acting(ChosenSlot slot) {
    Resource content = snapshot.get(new ResourceKey(ResourceType.EXTENSIONS, slot.resource()));
    return new Explanation.Acting(
        slot.resource(),
        slot.issuer(),
        content == null
            ? ImmutableList.of()
            : content.documents().stream()
                .sorted()
                .map(DocumentId::toString)
                .collect(ImmutableList.toImmutableList()),
        content != null);
  }

  private <T extends Message> Optional<T> find(ResourceType type, String name, Class<T> as) {
    return Optional.ofNullable(snapshot.get(new ResourceKey(type, name)))
        .map(resource -> unpack(resource.body(), as));
  }

  private static <T extends Message> T unpack(Any packed, Class<T> type) {
    try {
      return packed.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a resource of our own cannot be read", e);
    }
  }

  /** What is found out, little by little. */
  private static final class Answer {
    String outcome;
    Optional<String> routes = Optional.empty();
    Optional<String> virtualHost = Optional.empty();
    Optional<String> route = Optional.empty();
    Optional<String> path = Optional.empty();
    ImmutableList<Explanation.Destination> clusters = ImmutableList.of();
    ImmutableList<Explanation.Acting> policies = ImmutableList.of();
    final List<String> passedOver = new ArrayList<>();

    Answer(String outcome) {
      this.outcome = outcome;
    }

    Answer to(ImmutableList<Explanation.Destination> destinations) {
      clusters = destinations;
      return this;
    }

    Explanation.Taken at(Listener listener) {
      SocketAddress address = listener.getAddress().getSocketAddress();
      return new Explanation.Taken(
          listener.getName(),
          address.getAddress() + ":" + address.getPortValue(),
          routes,
          virtualHost,
          route,
          outcome,
          path,
          clusters,
          policies,
          passedOver.stream().limit(PASSED_OVER).collect(ImmutableList.toImmutableList()));
    }
  }
}
