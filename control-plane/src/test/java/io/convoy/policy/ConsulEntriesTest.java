package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.convoy.policy.DocumentParser.Parsed;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a Consul 1.19.2 answered at {@code /v1/config/<kind>}, read as its config entries are. */
class ConsulEntriesTest {

  @ParameterizedTest
  @MethodSource("io.convoy.policy.DocumentParser#consulKinds")
  void everyEntryIsAccepted(String kind) throws IOException {
    Map<String, Parsed> parsed = parse(kind);
    assertThat(parsed).isNotEmpty();
    parsed.forEach((name, result) -> assertThat(result.problem()).as(name).isEmpty());
  }

  @Test
  void whatConvoyDoesNotActUponIsWarnedOf() throws IOException {
    Map<String, Parsed> defaults = parse("service-defaults");
    assertThat(warnings(defaults, "order")).isEmpty();
    assertThat(warnings(defaults, "mesh"))
        .contains("TransparentProxy", "MeshGateway", "Expose", "ExternalSNI")
        .contains("EnvoyExtensions: has no effect");
    assertThat(warnings(defaults, "ext")).contains("Destination: has no effect");
    assertThat(warnings(defaults, "user"))
        .contains("BalanceInboundConnections")
        .contains("UpstreamConfig.Defaults.Protocol")
        .contains("UpstreamConfig.Overrides[0].MeshGateway")
        .doesNotContain("Hash", "Meta:");
    assertThat(warnings(parse("service-resolver"), "user"))
        .contains("Failover[\"*\"].Targets[2]: is not followed");
    assertThat(warnings(parse("api-gateway"), "edge"))
        .contains("Listeners[2].TLS: leaves the listener out")
        .doesNotContain("Status", "Override");
    assertThat(warnings(parse("http-route"), "shop")).isEmpty();
    assertThat(warnings(parse("proxy-defaults"), "global"))
        .contains("Config.connect_timeout_ms: has no effect: write a backend-traffic-policy")
        .contains("Config.envoy_prometheus_bind_addr", "EnvoyExtensions", "AccessLogs")
        .doesNotContain("Hash", "Expose");
  }

  @Test
  void zeroValuesOfGoAreLeftOut() throws IOException {
    ServiceDefaults plain = document(ServiceDefaults.class, parse("service-defaults"), "plain");
    assertThat(plain.protocol()).isEmpty();
    assertThat(plain.localRequestTimeout()).isEmpty();
    ServiceDefaults user = document(ServiceDefaults.class, parse("service-defaults"), "user");
    assertThat(user.upstreamDefaults().limits().maxPendingRequests()).hasValue(0);
    HttpRoute bare = document(HttpRoute.class, parse("http-route"), "bare");
    assertThat(bare.rules()).isEmpty();
    ServiceRouter empty = document(ServiceRouter.class, parse("service-router"), "empty");
    assertThat(empty.routes()).isEmpty();
  }

  private static String warnings(Map<String, Parsed> parsed, String name) {
    return String.join("\n", Objects.requireNonNull(parsed.get(name)).warnings());
  }

  private static <T extends Document> T document(
      Class<T> type, Map<String, Parsed> parsed, String name) {
    return type.cast(Objects.requireNonNull(parsed.get(name)).document().orElseThrow());
  }

  private static Map<String, Parsed> parse(String kind) throws IOException {
    Map<String, Parsed> parsed = new TreeMap<>();
    try (InputStream answer =
        ConsulEntriesTest.class.getResourceAsStream("/consul-1.19.2/" + kind + ".json")) {
      for (JsonNode entry : new ObjectMapper().readTree(answer)) {
        String name = entry.get("Name").asText();
        RawDocument raw = Documents.entry(kind, name, entry.toPrettyString());
        parsed.put(name, DocumentParser.parse(raw));
      }
    }
    return parsed;
  }
}
