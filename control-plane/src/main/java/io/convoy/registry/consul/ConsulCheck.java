package io.convoy.registry.consul;

import com.fasterxml.jackson.core.JsonParser;
import io.convoy.catalog.Health;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;

/**
 * What matters of a check. {@code serviceId} and {@code serviceName} are empty for a node's own.
 */
record ConsulCheck(String node, String id, String serviceId, String serviceName, String status) {

  static Set<ConsulCheck> readAll(InputStream body) throws IOException {
    Set<ConsulCheck> checks = new HashSet<>();
    try (JsonParser json = ConsulJson.parser(body)) {
      ConsulJson.eachOf(json, () -> checks.add(read(json)));
    }
    return checks;
  }

  static ConsulCheck read(JsonParser json) throws IOException {
    String node = "";
    String id = "";
    String serviceId = "";
    String serviceName = "";
    String status = "";
    for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
      switch (field) {
        case "Node" -> node = ConsulJson.text(json);
        case "CheckID" -> id = ConsulJson.text(json);
        case "ServiceID" -> serviceId = ConsulJson.text(json);
        case "ServiceName" -> serviceName = ConsulJson.text(json);
        case "Status" -> status = ConsulJson.text(json);
        default -> json.skipChildren();
      }
    }
    return new ConsulCheck(node, id, serviceId, serviceName, status);
  }

  /** As Consul's {@code AggregatedStatus} reads it: maintenance is a critical check with a name. */
  Health health() {
    return switch (status) {
      case "critical" -> maintenance() ? Health.MAINTENANCE : Health.CRITICAL;
      case "warning" -> Health.WARNING;
      default -> Health.PASSING;
    };
  }

  private boolean maintenance() {
    return id.equals("_node_maintenance") || id.startsWith("_service_maintenance:");
  }
}
