package io.convoy.registry.consul;

import com.fasterxml.jackson.core.JsonParser;
import io.convoy.catalog.Locality;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What matters of one registration of a service. */
record ConsulService(
    String kind,
    String id,
    String name,
    List<String> tags,
    String address,
    int port,
    Map<String, String> meta,
    int passingWeight,
    int warningWeight,
    Locality ownLocality,
    long createIndex,
    SidecarProxy.Registration proxy) {

  private static final List<String> REGION_KEYS =
      List.of("convoy-region", "region", "topology.kubernetes.io/region");
  private static final List<String> ZONE_KEYS =
      List.of("convoy-zone", "zone", "topology.kubernetes.io/zone");
  private static final int MAX_PORT = 65535;

  static ConsulService read(JsonParser json) throws IOException {
    String kind = "";
    String id = "";
    String name = "";
    List<String> tags = List.of();
    String address = "";
    int port = 0;
    Map<String, String> meta = Map.of();
    Weights weights = Weights.DEFAULT;
    Locality locality = Locality.UNKNOWN;
    long createIndex = 0;
    SidecarProxy.Registration proxy = SidecarProxy.Registration.NONE;
    for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
      switch (field) {
        case "Kind" -> kind = ConsulJson.text(json);
        case "ID" -> id = ConsulJson.text(json);
        case "Service" -> name = ConsulJson.text(json);
        case "Tags" -> tags = ConsulJson.list(json);
        case "Address" -> address = ConsulJson.text(json);
        case "Port" -> port = json.getIntValue();
        case "Meta" -> meta = ConsulJson.strings(json);
        case "Weights" -> weights = Weights.read(json);
        case "Locality" -> locality = readLocality(json);
        case "CreateIndex" -> createIndex = json.getLongValue();
        case "Proxy" -> proxy = SidecarProxy.Registration.read(json);
        default -> json.skipChildren();
      }
    }
    return new ConsulService(
        kind,
        id,
        name,
        tags,
        address,
        port,
        meta,
        weights.passing(),
        weights.warning(),
        locality,
        createIndex,
        proxy);
  }

  boolean isSidecar() {
    return kind.equals(SidecarProxy.KIND);
  }

  /** Whether it is a service of its own, and not a proxy or a gateway of Consul's mesh. */
  boolean routable() {
    return kind.isEmpty()
        && !name.isEmpty()
        && !name.equals(InstanceReader.CONSUL)
        && port >= 0
        && port <= MAX_PORT;
  }

  /** Its own locality, else what its meta says, else what its node's does. */
  Locality locality(Map<String, String> nodeMeta) {
    return new Locality(
        firstOf(ownLocality.region(), REGION_KEYS, nodeMeta),
        firstOf(ownLocality.zone(), ZONE_KEYS, nodeMeta));
  }

  private String firstOf(String own, List<String> keys, Map<String, String> nodeMeta) {
    if (!own.isEmpty()) {
      return own;
    }
    for (Map<String, String> place : List.of(meta, nodeMeta)) {
      for (String key : keys) {
        String value = place.getOrDefault(key, "");
        if (!value.isEmpty()) {
          return value;
        }
      }
    }
    return "";
  }

  private static Locality readLocality(JsonParser json) throws IOException {
    Map<String, String> fields = ConsulJson.strings(json);
    return new Locality(fields.getOrDefault("Region", ""), fields.getOrDefault("Zone", ""));
  }

  private record Weights(int passing, int warning) {
    static final Weights DEFAULT = new Weights(1, 1);

    static Weights read(JsonParser json) throws IOException {
      int passing = DEFAULT.passing;
      int warning = DEFAULT.warning;
      for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
        switch (field) {
          case "Passing" -> passing = json.getIntValue();
          case "Warning" -> warning = json.getIntValue();
          default -> json.skipChildren();
        }
      }
      return new Weights(passing, warning);
    }
  }
}
