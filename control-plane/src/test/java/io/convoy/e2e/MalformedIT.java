package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Malformed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whatever is written into Consul: each of it is refused alone, and what is good goes on. */
class MalformedIT {
  /** Consul takes no more in a key. */
  private static final int MAX_VALUE = 512 * 1024;

  private static final String ROUTE =
      """
      Kind: http-route
      Name: %s
      Rules:
      - Matches: [{Path: {Match: prefix, Value: /%s/}}]
        Services: [{Name: untouched}]
      """;

  @Test
  void aGoodDocumentInTheMiddleIsProgrammed() throws Exception {
    List<Malformed> bad =
        Malformed.all().stream().filter(one -> one.bytes().length < MAX_VALUE).toList();
    assertThat(bad).hasSizeGreaterThan(490);
    try (ConsulFixture consul = ConsulFixture.start();
        Backend backend = new Backend("untouched-1");
        ControlPlane convoy = new ControlPlane(consul.url()).awaitReady();
        Gateway gateway = new Gateway(convoy, "gateway", true).awaitReady();
        HttpClient client = HttpClient.newHttpClient()) {
      consul.register("untouched", "untouched-1", backend.port());
      consul.putKey("convoy/http-route/before", ROUTE.formatted("before", "before"));
      gateway.awaitBackend("/before/", "untouched-1");

      int middle = bad.size() / 2;
      put(client, consul, bad.subList(0, middle));
      consul.putKey("convoy/http-route/good", ROUTE.formatted("good", "good"));
      put(client, consul, bad.subList(middle, bad.size()));

      gateway.awaitBackend("/good/", "untouched-1");
      Await.untilAsserted(() ->
          assertThat(convoy.admin("/policies/http-route/good").body().replaceAll("\\s", ""))
              .contains("\"programmed\":{\"acked\":1,\"total\":1}"));
      Set<String> names = bad.stream().map(Malformed::name).collect(Collectors.toSet());
      Await.untilAsserted(() -> assertThat(refused(convoy)).containsAll(names));
      assertThat(gateway.get("/before/").header("x-backend")).isEqualTo("untouched-1");
      assertThat(convoy.admin("/nodes").body()).doesNotContain("nacked");
    }
  }

  private static void put(HttpClient client, ConsulFixture consul, List<Malformed> documents)
      throws IOException, InterruptedException {
    for (Malformed one : documents) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(consul.url() + "/v1/kv/" + one.key()))
              .PUT(HttpRequest.BodyPublishers.ofByteArray(one.bytes()))
              .build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
          .contains("true");
    }
  }

  private static Set<String> refused(ControlPlane convoy) throws IOException {
    Set<String> names = new HashSet<>();
    for (JsonNode document :
        JsonMapper.builder().build().readTree(convoy.admin("/policies").body())) {
      if (document.at("/conditions/0/status").asText().equals("False")) {
        names.add(document.path("name").asText());
      }
    }
    return names;
  }
}
