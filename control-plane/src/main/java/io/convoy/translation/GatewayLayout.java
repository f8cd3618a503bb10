package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.ApiGateway;
import io.convoy.policy.ClientTrafficPolicy;
import io.convoy.policy.ClientTrafficPolicy.ClientIpDetection;
import io.convoy.policy.DocumentId;
import io.convoy.policy.HttpRoute;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a gateway listens on, and which routes belong where.
 *
 * @param described whether an {@code api-gateway} describes the gateway: then it takes the routes
 *     that name it, otherwise those that name none, and those of service meta
 * @param documents that shaped the listeners
 */
record GatewayLayout(
    String gateway,
    boolean described,
    ImmutableList<Port> ports,
    ClientIpDetection clientIp,
    ImmutableSet<DocumentId> documents) {
  private static final int DEFAULT_PORT = 10_000;
  private static final ImmutableSet<String> EVERY_HOST = ImmutableSet.of(Hosts.EVERY);

  /** One port, with the listeners of the document that share it. */
  record Port(int number, ImmutableList<Site> sites) {

    /** The name of the listener and of its route configuration. */
    String name() {
      return "http-" + number;
    }
  }

  /** A listener of the document; {@code hostname} is {@code *} for every host. */
  record Site(String listener, String hostname) {}

  static GatewayLayout of(NodeGroup group, Documents documents, Problems problems) {
    ApiGateway gateway = documents.gateways().get(group.cluster());
    Optional<ClientTrafficPolicy> policy = clientPolicy(group.cluster(), documents, problems);
    var shapedBy = ImmutableSet.<DocumentId>builder();
    if (gateway != null) {
      shapedBy.add(gateway.id());
    }
    policy.ifPresent(found -> shapedBy.add(found.id()));
    return new GatewayLayout(
        group.cluster(),
        gateway != null,
        gateway == null ? defaultPort(group) : ports(group, gateway, problems),
        policy.map(ClientTrafficPolicy::clientIpDetection).orElse(ClientIpDetection.PEER),
        shapedBy.build());
  }

  private static ImmutableList<Port> defaultPort(NodeGroup group) {
    int port = group.port() == 0 ? DEFAULT_PORT : group.port();
    return ImmutableList.of(new Port(port, ImmutableList.of(new Site("", Hosts.EVERY))));
  }

  private static ImmutableList<Port> ports(NodeGroup group, ApiGateway gateway, Problems problems) {
    Map<Integer, List<Site>> sites = new TreeMap<>();
    for (ApiGateway.Listener listener : gateway.listeners()) {
      switch (listener.protocol()) {
        case HTTP ->
            sites
                .computeIfAbsent(listener.port(), port -> new ArrayList<>())
                .add(
                    new Site(
                        listener.name(),
                        listener.hostname().isEmpty() ? Hosts.EVERY : listener.hostname()));
        case TCP ->
            problems.add(
                gateway.id(),
                "listener \"%s\" is left out: tcp is not supported yet".formatted(listener.name()));
      }
    }
    if (group.port() != 0 && sites.size() > 1) {
      problems.add(
          gateway.id(),
          "the node's port %d is not used: the gateway has %d ports"
              .formatted(group.port(), sites.size()));
    }
    boolean override = group.port() != 0 && sites.size() == 1;
    var ports = ImmutableList.<Port>builder();
    sites.forEach((port, onPort) ->
        ports.add(new Port(override ? group.port() : port, ImmutableList.copyOf(onPort))));
    return ports.build();
  }

  /** Of several policies for a gateway the first by name counts. */
  private static Optional<ClientTrafficPolicy> clientPolicy(
      String gateway, Documents documents, Problems problems) {
    Optional<ClientTrafficPolicy> first = Optional.empty();
    for (ClientTrafficPolicy policy : documents.clientPolicies()) {
      if (!policy.gateways().contains(gateway)) {
        continue;
      }
      if (first.isEmpty()) {
        first = Optional.of(policy);
      } else {
        problems.add(
            policy.id(), "gateway \"%s\" has %s already".formatted(gateway, first.get().id()));
      }
    }
    return first;
  }

  /**
   * Where a route belongs on a port.
   *
   * @param hosts that it is for there
   * @param listeners of the document that take it, by name
   */
  record Spot(ImmutableSet<String> hosts, ImmutableSet<String> listeners) {}

  /** The ports that a route belongs to. */
  ImmutableMap<Port, Spot> spots(HttpRoute route, Documents documents, Problems problems) {
    var spots = ImmutableMap.<Port, Spot>builder();
    if (!described) {
      if (route.parents().isEmpty()) {
        ports.forEach(port -> spots.put(port, spot(hosts(route.hostnames()))));
      }
      checkParents(route, documents, problems);
      return spots.buildOrThrow();
    }
    boolean anywhere = false;
    for (Port port : ports) {
      Set<String> hosts = new LinkedHashSet<>();
      Set<String> listeners = new LinkedHashSet<>();
      for (Site site : port.sites()) {
        if (route.parents().stream().anyMatch(parent -> names(parent, site))) {
          Set<String> common = new LinkedHashSet<>();
          hosts(route.hostnames())
              .forEach(host -> Hosts.intersection(site.hostname(), host).ifPresent(common::add));
          if (!common.isEmpty()) {
            hosts.addAll(common);
            listeners.add(site.listener());
          }
        }
      }
      if (!hosts.isEmpty()) {
        anywhere = true;
        spots.put(port, new Spot(ImmutableSet.copyOf(hosts), ImmutableSet.copyOf(listeners)));
      }
    }
    boolean here = route.parents().stream().anyMatch(parent -> parent.gateway().equals(gateway));
    if (here && !anywhere) {
      problems.add(
          route.id(),
          "no http listener of api-gateway \"%s\" takes it: neither section nor hostname fits"
              .formatted(gateway));
    }
    checkParents(route, documents, problems);
    return spots.buildOrThrow();
  }

  private boolean names(HttpRoute.Parent parent, Site site) {
    return parent.gateway().equals(gateway)
        && (parent.section().isEmpty() || parent.section().equals(site.listener()));
  }

  /** A place at a gateway that no document describes. */
  static Spot spot(ImmutableSet<String> hosts) {
    return new Spot(hosts, ImmutableSet.of());
  }

  static ImmutableSet<String> hosts(ImmutableList<String> hostnames) {
    return hostnames.isEmpty() ? EVERY_HOST : ImmutableSet.copyOf(hostnames);
  }

  private static void checkParents(HttpRoute route, Documents documents, Problems problems) {
    for (HttpRoute.Parent parent : route.parents()) {
      if (!documents.gateways().containsKey(parent.gateway())) {
        problems.add(route.id(), "no api-gateway has the name \"%s\"".formatted(parent.gateway()));
      }
    }
  }
}
