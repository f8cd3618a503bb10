package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
 */
record RouteTable(String name, ImmutableList<Attached> attached) {

  /** {@code hosts} is not empty; {@code *} stands for every host. */
  record Attached(CompiledRoutes routes, ImmutableSet<String> hosts) {}

  private static final Comparator<Map.Entry<String, List<CompiledRoutes.Block>>> WIDER_LATER =
      Comparator.comparingInt(entry -> -entry.getKey().length());

  Resource resource() {
    Map<String, List<CompiledRoutes.Block>> hosts = new TreeMap<>();
    for (Attached source : attached) {
      for (String host : source.hosts()) {
        hosts.computeIfAbsent(host, name -> new ArrayList<>()).addAll(source.routes().blocks());
      }
    }
    hosts.values().forEach(blocks -> blocks.sort(Comparator.comparing(CompiledRoutes.Block::rank)));

    // The port of the Host header is the client's view of the port, which may have been mapped; it
    // is ignored rather than stripped so that the service still sees it.
    var configuration =
        RouteConfiguration.newBuilder()
            .setName(name)
            .setIgnorePortInHostMatching(true)
            // How long a service took is for the access log, not for the client.
            .addResponseHeadersToRemove("x-envoy-upstream-service-time");
    hosts.forEach((host, blocks) -> configuration.addVirtualHosts(virtualHost(host, hosts)));
    return References.resource(ResourceType.ROUTES, name, configuration.build(), documents());
  }

  private static VirtualHost virtualHost(
      String host, Map<String, List<CompiledRoutes.Block>> hosts) {
    Map<Rank, CompiledRoutes.Block> ordered = new LinkedHashMap<>();
    hosts.entrySet().stream()
        .filter(entry -> Hosts.covers(entry.getKey(), host))
        .sorted(WIDER_LATER)
        .flatMap(entry -> entry.getValue().stream())
        .forEach(block -> ordered.putIfAbsent(block.rank(), block));
    var result =
        VirtualHost.newBuilder()
            .setName(host)
            .addDomains(host)
            .setRetryPolicy(RetryPolicies.unlessSaid());
    ordered.values().forEach(block -> result.addAllRoutes(block.routes()));
    return result.build();
  }

  private ImmutableSet<DocumentId> documents() {
    var documents = ImmutableSet.<DocumentId>builder();
    attached.forEach(source -> documents.addAll(source.routes().documents()));
    return documents.build();
  }
}
