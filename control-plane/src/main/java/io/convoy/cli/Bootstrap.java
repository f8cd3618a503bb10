package io.convoy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.net.HostAndPort;
import io.convoy.catalog.Locality;
import io.convoy.translation.Translator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Envoy's bootstrap: a template of {@code envoy/}, filled in.
 *
 * @param role {@code gateway} or {@code sidecar}: the template's name
 * @param cluster Envoy's {@code node.cluster}
 * @param xds where Convoys are; never empty
 * @param delta whether xDS is incremental
 * @param adminPort 0 takes a free one
 * @param port the listener's in place of the gateway's; 0 leaves it
 * @param locality where the Envoy stands; of an unknown one it prefers no zone
 */
public record Bootstrap(
    String role,
    String cluster,
    String nodeId,
    List<HostAndPort> xds,
    boolean delta,
    int adminPort,
    int port,
    Locality locality,
    Optional<XdsTls> tls) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z_]+)}");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** One that prefers no zone. */
  public Bootstrap(
      String role,
      String cluster,
      String nodeId,
      List<HostAndPort> xds,
      boolean delta,
      int adminPort,
      int port,
      Optional<XdsTls> tls) {
    this(role, cluster, nodeId, xds, delta, adminPort, port, Locality.UNKNOWN, tls);
  }

  /** The bootstrap as YAML. */
  public String render() {
    Map<String, String> values = new HashMap<>();
    values.put("node_id", json(nodeId));
    values.put("node_cluster", json(cluster));
    values.put("api_type", delta ? "DELTA_GRPC" : "GRPC");
    values.put("xds_endpoints", json(xds.stream().map(Bootstrap::endpoint).toList()));
    values.put("admin_port", Integer.toString(adminPort));
    if (port != 0) {
      values.put("port", Integer.toString(port));
    }
    if (!locality.equals(Locality.UNKNOWN)) {
      values.put(
          "locality",
          json(ImmutableSortedMap.of("region", locality.region(), "zone", locality.zone())));
      values.put("cluster_manager", json(Map.of("local_cluster_name", Translator.LOCAL_CLUSTER)));
      values.put("local_cluster", json(localCluster()));
    }
    tls.ifPresent(t -> values.put("xds_transport_socket", json(t.transportSocket(xds))));
    StringBuilder text = new StringBuilder();
    template(role)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> fill(line, values, text));
    return text.toString();
  }

  private static void fill(String line, Map<String, String> values, StringBuilder text) {
    Matcher placeholder = PLACEHOLDER.matcher(line);
    if (placeholder.find()) {
      String value = values.get(placeholder.group(1));
      if (value == null) {
        return;
      }
      text.append(placeholder.replaceFirst(Matcher.quoteReplacement(value)));
    } else {
      text.append(line);
    }
    text.append('\n');
  }

  private static Map<String, Object> endpoint(HostAndPort address) {
    return Map.of(
        "endpoint",
        Map.of(
            "address",
            Map.of(
                "socket_address",
                // The same text every time, whatever order a map has in this process.
                ImmutableSortedMap.of(
                    "address", address.getHost(), "port_value", address.getPort()))));
  }

  // Until its endpoints are known Envoy takes no listener: not for long where nobody registered
  // any.
  private static Map<String, Object> localCluster() {
    return ImmutableSortedMap.of(
        "name",
        Translator.LOCAL_CLUSTER,
        "type",
        "EDS",
        "eds_cluster_config",
        ImmutableSortedMap.of(
            "eds_config",
            ImmutableSortedMap.of(
                "ads", Map.of(), "resource_api_version", "V3", "initial_fetch_timeout", "2s")));
  }

  // JSON is YAML, on one line and with every name quoted.
  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String template(String role) {
    try (InputStream in = Bootstrap.class.getResourceAsStream("/envoy/" + role + ".yaml")) {
      if (in == null) {
        throw new IllegalStateException("no template envoy/" + role + ".yaml");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
