package io.convoy.registry.consul;

import com.fasterxml.jackson.core.JsonParser;
import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Upstream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * What a registered sidecar says of the instance that it stands beside, on the same node: Consul's
 * {@code Proxy}, of a service of the kind {@code connect-proxy}.
 *
 * @param id of the instance; empty: every one of the service on this node
 */
record SidecarProxy(String node, String service, String id, ImmutableList<Upstream> upstreams) {
  static final String KIND = "connect-proxy";

  /** What it is to the node that is read with it. */
  record Registration(String service, String id, ImmutableList<Upstream> upstreams) {
    static final Registration NONE = new Registration("", "", ImmutableList.of());

    static Registration read(JsonParser json) throws IOException {
      String service = "";
      String id = "";
      var upstreams = ImmutableList.<Upstream>builder();
      for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
        switch (field) {
          case "DestinationServiceName" -> service = ConsulJson.text(json);
          case "DestinationServiceID" -> id = ConsulJson.text(json);
          case "Upstreams" -> ConsulJson.each(json, () -> upstreams.add(readUpstream(json)));
          default -> json.skipChildren();
        }
      }
      return new Registration(service, id, upstreams.build());
    }

    private static Upstream readUpstream(JsonParser json) throws IOException {
      String name = "";
      String type = "";
      String datacenter = "";
      String address = "";
      int port = 0;
      for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
        switch (field) {
          case "DestinationName" -> name = ConsulJson.text(json);
          case "DestinationType" -> type = ConsulJson.text(json);
          case "Datacenter" -> datacenter = ConsulJson.text(json);
          case "LocalBindAddress" -> address = ConsulJson.text(json);
          case "LocalBindPort" -> port = json.getIntValue();
          default -> json.skipChildren();
        }
      }
      return new Upstream(name, type.equals("service") ? "" : type, datacenter, address, port);
    }

    SidecarProxy on(String node) {
      return new SidecarProxy(node, service, id, upstreams);
    }
  }

  boolean standsBeside(String name, Instance instance) {
    return service.equals(name)
        && node.equals(instance.node())
        && (id.isEmpty() || id.equals(instance.id()));
  }

  /** The instances of a service with what their sidecars call. */
  static ImmutableList<Instance> beside(
      String service, List<Instance> instances, Collection<SidecarProxy> proxies) {
    return instances.stream()
        .map(instance ->
            proxies.stream()
                .filter(proxy -> proxy.standsBeside(service, instance))
                .findFirst()
                .map(proxy -> instance.with(proxy.upstreams))
                .orElse(instance))
        .collect(ImmutableList.toImmutableList());
  }
}
