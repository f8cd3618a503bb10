package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Http;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A filter chooses the same instances as a real Consul's own evaluation of it. */
class FilterAgreesWithConsulIT {
  private static final ImmutableList<String> EXPRESSIONS =
      ImmutableList.of(
          "Service.ID == \"user-1\"",
          "Service.ID != `user-1`",
          "Service.Service == user",
          "Service.Service == other",
          "Service.Address contains \"0.0.2\"",
          "\"10.0\" in Service.Address",
          "Service.Port == 8001",
          "Service.Port != 8001",
          "Service.Tags contains blue",
          "blue in Service.Tags",
          "blue not in Service.Tags",
          "Service.Tags not contains \"green\"",
          "Service.Tags is empty",
          "Service.Tags is not empty",
          "Service.Meta is empty",
          "Service.Meta is not empty",
          "version in Service.Meta",
          "Service.Meta not contains version",
          "Service.Meta.version == v1",
          "Service.Meta.version != v1",
          "Service.Meta[\"version\"] == \"v2\"",
          "Service.Meta[\"two-words\"] == \"a b\"",
          "Service.Meta.version contains v",
          "Service.Meta.version not contains v",
          "v in Service.Meta.version",
          "not Service.Meta.version == v1",
          "not not Service.Meta.version == v1",
          "Service.Port == 8001 or Service.Port == 8002 and blue in Service.Tags",
          "(Service.Port == 8001 or Service.Port == 8002) and blue in Service.Tags",
          "not blue in Service.Tags and Service.Port == 8003",
          "not (blue in Service.Tags and Service.Port == 8003)",
          "version in Service.Meta and Service.Meta.version matches \"^v[12]$\"",
          "version in Service.Meta and Service.Meta.version not matches \"2\"",
          "Service.ID matches \"-[13]\"",
          "Node.Node == elsewhere",
          "  Service.Port\n ==\t8001  ");

  private static final ImmutableList<String> MALFORMED =
      ImmutableList.of(
          "Service.Nothing == x",
          "Service.ID",
          "Service.ID ==",
          "Service.ID = x",
          "Service.ID == x y",
          "(Service.ID == x",
          "Service.ID == x)",
          "Service.ID == \"x",
          "Service.Meta[a] == x",
          "Service.Tags == x",
          "Service.Port == http",
          "Service.ID matches \"(\"",
          "\"x\" == Service.ID",
          "Service.ID is full",
          "Service.ID == v1-2");

  @Test
  void onEveryExpression() throws IOException, InstanceFilter.Malformed {
    try (ConsulFixture consul = ConsulFixture.start()) {
      register(consul, 1, "\"blue\", \"v1\"", "\"version\": \"v1\"");
      register(consul, 2, "\"blue\"", "\"version\": \"v2\", \"two-words\": \"a b\"");
      register(consul, 3, "", "");
      for (String expression : EXPRESSIONS) {
        InstanceFilter filter = InstanceFilter.parse("user", expression);
        List<String> chosen = new ArrayList<>();
        for (JsonNode node : health(consul, "").body()) {
          Instance instance = instance(node);
          if (filter.matches(instance)) {
            chosen.add(instance.id());
          }
        }
        List<String> byConsul = new ArrayList<>();
        health(consul, expression).body().forEach(node -> byConsul.add(instance(node).id()));
        assertThat(chosen).as(expression).containsExactlyInAnyOrderElementsOf(byConsul);
      }
      for (String expression : MALFORMED) {
        assertThat(health(consul, expression).status()).as(expression).isNotEqualTo(200);
        assertThat(refused(expression)).as(expression).isTrue();
      }
    }
  }

  private static boolean refused(String expression) {
    try {
      InstanceFilter.parse("user", expression);
      return false;
    } catch (InstanceFilter.Malformed e) {
      return true;
    }
  }

  private record Answer(int status, JsonNode body) {}

  private static Answer health(ConsulFixture consul, String expression) throws IOException {
    String filter = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    String query = expression.isEmpty() ? "" : "?filter=" + filter;
    Http.Response response = Http.get(consul.url() + "/v1/health/service/user" + query);
    var mapper = new ObjectMapper();
    return new Answer(
        response.status(),
        response.status() == 200 ? mapper.readTree(response.body()) : mapper.createArrayNode());
  }

  private static void register(ConsulFixture consul, int n, String tags, String meta) {
    String service =
        """
        {"Name": "user", "ID": "user-%d", "Address": "10.0.0.%d", "Port": 800%d, "Tags": [%s],
         "Meta": {%s}}
        """
            .formatted(n, n, n, tags, meta);
    assertThat(Http.put(consul.url() + "/v1/agent/service/register", service).status())
        .isEqualTo(200);
  }

  private static Instance instance(JsonNode node) {
    JsonNode service = node.get("Service");
    var tags = new TreeSet<String>();
    service.get("Tags").forEach(tag -> tags.add(tag.asText()));
    Map<String, String> meta = new TreeMap<>();
    service
        .get("Meta")
        .properties()
        .forEach(pair -> meta.put(pair.getKey(), pair.getValue().asText()));
    return new Instance(
        node.get("Node").get("Node").asText(),
        service.get("ID").asText(),
        service.get("Address").asText(),
        service.get("Port").asInt(),
        ImmutableSortedSet.copyOf(tags),
        ImmutableSortedMap.copyOf(meta),
        1,
        Health.PASSING,
        Locality.UNKNOWN,
        1);
  }
}
