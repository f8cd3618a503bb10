package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.convoy.policy.ApiGateway;
import io.convoy.policy.ClientTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.HttpRoute;
import io.convoy.policy.TargetRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a gateway listens on, and which routes belong where.
 *
 * @param described whether an {@code api-gateway} describes the gateway: then it takes the routes
 *     that name it, otherwise those that name none, and those of service meta
 * @param clients how clients are treated, for each port
 * @param documents that say which ports there are
 */
record GatewayLayout(
    String gateway,
    boolean described,
    ImmutableList<Port> ports,
    ImmutableMap<Port, ClientTraffic> clients,
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
    ImmutableList<Port> ports =
        gateway == null ? defaultPort(group) : ports(group, gateway, problems);
    checkSections(group.cluster(), ports, documents, problems);
    return new GatewayLayout(
        group.cluster(),
        gateway != null,
        ports,
        Maps.toMap(ports, port -> ClientTraffic.of(group.cluster(), port, documents, problems)),
        gateway == null ? ImmutableSet.of() : ImmutableSet.of(gateway.id()));
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

  private static void checkSections(
      String gateway, ImmutableList<Port> ports, Documents documents, Problems problems) {
    for (Documents.Aged<ClientTrafficPolicy> policy : documents.clientPolicies()) {
      for (TargetRef.Gateway target : policy.policy().targets()) {
        boolean there =
            target.section().isEmpty()
                || ports.stream()
                    .flatMap(port -> port.sites().stream())
                    .anyMatch(site -> site.listener().equals(target.section()));
        if (target.name().equals(gateway) && !there) {
          problems.add(
              policy.policy().id(),
              "gateway \"%s\" has no http listener \"%s\"".formatted(gateway, target.section()));
        }
      }
    }
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

  /** The plan, where HTTP/1 is to go on to services as clients of one of the ports wrote it. */
  ClusterPlan speaking(ClusterPlan plan) {
    var saidBy = ImmutableSet.<DocumentId>builder();
    boolean preserveHeaderCase = false;
    boolean trailers = false;
    for (ClientTraffic client : clients.values()) {
      boolean keepsCase = client.settings().http1().preserveHeaderCase().orElse(false);
      boolean passesTrailers = client.settings().http1().trailers().orElse(false);
      preserveHeaderCase |= keepsCase;
      trailers |= passesTrailers;
      if (keepsCase || passesTrailers) {
        saidBy.addAll(client.documents());
      }
    }
    return plan.with(new ClusterPlan.Http1(preserveHeaderCase, trailers), saidBy.build());
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
