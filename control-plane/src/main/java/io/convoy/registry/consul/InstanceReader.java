package io.convoy.registry.consul;

import com.fasterxml.jackson.core.JsonParser;
import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.ListMultimap;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads instances from Consul's two forms: {@code /v1/health/service/NAME}, a list of one node, one
 * service and its checks each; and {@code /v1/internal/ui/nodes}, a list of nodes, each with all of
 * its services and checks.
 */
final class InstanceReader {
  /**
   * Consul's servers register themselves under this name; their port speaks no service's protocol.
   */
  static final String CONSUL = "consul";

  private final List<ConsulService> services = new ArrayList<>();
  private final List<ConsulCheck> checks = new ArrayList<>();
  private String node = "";
  private String address = "";
  private String peer = "";
  private Map<String, String> meta = Map.of();

  private InstanceReader() {}

  /**
   * All there is.
   *
   * @param registrations of whatever kind, Consul's own included: a Consul without any does not
   *     exist
   * @param services by name
   */
  record Everything(int registrations, Map<String, Service> services) {}

  /** All services, from a list of nodes. */
  static Everything readNodes(InputStream body) throws IOException {
    Map<String, List<Instance>> byName = new HashMap<>();
    ListMultimap<String, SidecarProxy> proxies = ArrayListMultimap.create();
    AtomicInteger registrations = new AtomicInteger();
    try (JsonParser json = ConsulJson.parser(body)) {
      ConsulJson.eachOf(
          json,
          () -> {
            var reader = new InstanceReader();
            reader.readNode(json);
            reader.addTo(byName, proxies);
            registrations.addAndGet(reader.services.size());
          });
    }
    Map<String, Service> services = HashMap.newHashMap(byName.size());
    byName.forEach((name, instances) ->
        services.put(
            name, Service.of(name, SidecarProxy.beside(name, instances, proxies.get(name)))));
    return new Everything(registrations.get(), services);
  }

  /** What is registered under one name: instances, or the sidecars of another service's. */
  record OfName(List<Instance> instances, ImmutableCollection<SidecarProxy> proxies) {}

  /** What is registered under the name that was asked for. */
  static OfName readHealth(InputStream body) throws IOException {
    Map<String, List<Instance>> byName = new TreeMap<>();
    ListMultimap<String, SidecarProxy> proxies = ArrayListMultimap.create();
    try (JsonParser json = ConsulJson.parser(body)) {
      ConsulJson.eachOf(
          json,
          () -> {
            var reader = new InstanceReader();
            reader.readHealthEntry(json);
            reader.addTo(byName, proxies);
          });
    }
    return new OfName(
        byName.values().stream().flatMap(List::stream).toList(),
        ImmutableList.copyOf(proxies.values()));
  }

  private void readHealthEntry(JsonParser json) throws IOException {
    for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
      switch (field) {
        case "Node" -> readNode(json);
        case "Service" -> services.add(ConsulService.read(json));
        case "Checks" -> ConsulJson.each(json, () -> checks.add(ConsulCheck.read(json)));
        default -> json.skipChildren();
      }
    }
  }

  private void readNode(JsonParser json) throws IOException {
    for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
      switch (field) {
        case "Node" -> node = ConsulJson.text(json);
        case "Address" -> address = ConsulJson.text(json);
        case "PeerName" -> peer = ConsulJson.text(json);
        case "Meta" -> meta = ConsulJson.strings(json);
        case "Services" -> ConsulJson.each(json, () -> services.add(ConsulService.read(json)));
        case "Checks" -> ConsulJson.each(json, () -> checks.add(ConsulCheck.read(json)));
        default -> json.skipChildren();
      }
    }
  }

  private void addTo(
      Map<String, List<Instance>> byName, ListMultimap<String, SidecarProxy> proxies) {
    if (!peer.isEmpty()) {
      return;
    }
    Map<String, Health> health = health();
    Health nodeHealth = health.getOrDefault("", Health.PASSING);
    for (ConsulService service : services) {
      if (service.isSidecar() && !service.proxy().upstreams().isEmpty()) {
        proxies.put(service.proxy().service(), service.proxy().on(node));
      }
      String where = service.address().isEmpty() ? address : service.address();
      if (service.routable() && !where.isEmpty()) {
        Health worst = worse(nodeHealth, health.getOrDefault(service.id(), Health.PASSING));
        byName
            .computeIfAbsent(service.name(), name -> new ArrayList<>())
            .add(instance(service, where, worst));
      }
    }
  }

  private Instance instance(ConsulService service, String where, Health checked) {
    int weight = checked == Health.WARNING ? service.warningWeight() : service.passingWeight();
    // Consul sends nothing to a weight of 0 (agent/xds/endpoints.go), and so must Envoy, whose
    // least weight is 1.
    Health health = weight < 1 ? worse(checked, Health.CRITICAL) : checked;
    return new Instance(
        node,
        service.id(),
        where,
        service.port(),
        ImmutableSortedSet.copyOf(service.tags()),
        ImmutableSortedMap.copyOf(service.meta()),
        Math.max(1, weight),
        health,
        service.locality(meta),
        service.createIndex());
  }

  /** The worst of the checks of each service by its id, and of the node's own by the empty one. */
  private Map<String, Health> health() {
    Map<String, Health> worst = HashMap.newHashMap(checks.size());
    checks.forEach(check -> worst.merge(check.serviceId(), check.health(), InstanceReader::worse));
    return worst;
  }

  private static Health worse(Health one, Health other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
