package io.convoy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.fixture.Await;
import io.convoy.fixture.Http;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.snapshot.SnapshotWriter;
import io.convoy.snapshot.WriterSettings;
import io.convoy.xds.XdsServer;
import io.convoy.xds.XdsSettings;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every path of the admin endpoint, over HTTP, with one client that acknowledges nothing. */
class AdminServerTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String TYPE = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final SnapshotWriter writer =
      new SnapshotWriter(List.of("test"), WriterSettings.DEFAULT, InstantSource.system(), metrics);
  private XdsServer xds;
  private AdminServer admin;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    xds =
        XdsServer.start(
            XdsSettings.plain("127.0.0.1", 0), writer.snapshots(), metrics, writer::rejected);
    admin =
        AdminServer.start(
            AdminSettings.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            new AdminPages(writer, xds, metrics, InstantSource.system()));
    channel =
        Grpc.newChannelBuilderForAddress(
                "127.0.0.1", xds.port(), InsecureChannelCredentials.create())
            .build();
    writer.start(_ -> true);
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    admin.close();
    xds.close();
    writer.close();
  }

  @Test
  void readinessSaysWhatIsMissing() {
    assertThat(get("/healthz").status()).isEqualTo(200);
    Http.Response before = get("/readyz");
    assertThat(before.status()).isEqualTo(503);
    assertThat(json(before).at("/ready").asBoolean()).isFalse();
    assertThat(json(before).at("/reason").asText()).isEqualTo("test: has not answered yet");

    serve();
    Http.Response after = get("/readyz");
    assertThat(after.status()).isEqualTo(200);
    assertThat(names(json(after))).containsExactly("ready", "stale", "parts");
    assertThat(json(after).at("/parts/test/answered").asBoolean()).isTrue();

    writer.listener(0).down("test", "it refuses connections");
    Await.until("it is stale", () -> json(get("/readyz")).at("/stale").asBoolean());
    JsonNode stale = json(get("/readyz"));
    assertThat(stale.at("/ready").asBoolean()).isTrue();
    assertThat(stale.at("/reason").asText()).isEqualTo("test: it refuses connections");
    assertThat(stale.at("/parts/test/staleSeconds").isNumber()).isTrue();
  }

  @Test
  void documentsAreShownWithTheirStatus() {
    serve();
    JsonNode all = json(get("/policies"));
    assertThat(all).hasSize(2);
    assertThat(all.get(0).has("document")).isFalse();

    JsonNode good = json(get("/policies/service-defaults/a%2Fb%20c"));
    assertThat(names(good))
        .contains("kind", "name", "source", "modifyIndex", "conditions", "programmed", "document");
    assertThat(good.at("/kind").asText()).isEqualTo("service-defaults");
    assertThat(good.at("/name").asText()).isEqualTo("a/b c");
    assertThat(good.at("/source").asText()).isEqualTo("kv");
    assertThat(good.at("/modifyIndex").asLong()).isEqualTo(42);
    assertThat(good.at("/document/Protocol").asText()).isEqualTo("grpc");
    assertThat(good.get("conditions")).hasSize(3);
    assertThat(good.get("conditions"))
        .allSatisfy(condition ->
            assertThat(names(condition)).containsExactly("type", "status", "reason", "message"));
    assertThat(good.at("/conditions/0/type").asText()).isEqualTo("Accepted");
    assertThat(good.at("/conditions/1/type").asText()).isEqualTo("ResolvedRefs");
    assertThat(good.at("/conditions/2/type").asText()).isEqualTo("Programmed");
    assertThat(names(good.get("programmed"))).containsExactly("acked", "total");

    JsonNode bad = json(get("/policies/service-defaults/bad"));
    assertThat(bad.at("/conditions/0/status").asText()).isEqualTo("False");
    assertThat(bad.at("/conditions/0/message").asText()).contains("Protocol", "smoke");
    assertThat(bad.at("/document/Protocol").asText()).isEqualTo("smoke");
    assertError(get("/policies/service-defaults/none"), 404);
    assertError(get("/policies/service-defaults"), 404);
  }

  @Test
  void theCatalogIsShown() {
    serve();
    JsonNode service = json(get("/catalog")).at("/services/0");
    assertThat(service.at("/name").asText()).isEqualTo("shop");
    assertThat(service.at("/routable").asInt()).isEqualTo(1);
    assertThat(service.at("/instances/0/health").asText()).isEqualTo("passing");
    assertThat(service.at("/instances/0/port").asInt()).isEqualTo(20_000);
  }

  @Test
  void nodesAndWhatTheyAreTold() {
    serve();
    connect("edge/1");
    Await.until(
        "it is told of clusters",
        () -> !json(get("/nodes")).at("/0/types/clusters/sent").isMissingNode());
    JsonNode node = json(get("/nodes/edge%2F1"));
    assertThat(names(node)).contains("id", "group", "types");
    assertThat(node.at("/id").asText()).isEqualTo("edge/1");
    assertThat(node.at("/group").asText()).isEqualTo("gateway:shop front");
    assertThat(node.at("/types/clusters/subscribed/0").asText()).isEqualTo("*");
    assertThat(node.at("/types/clusters").has("acked")).isFalse();
    assertThat(json(get("/nodes?names=false")).at("/0/types/clusters").has("subscribed")).isFalse();
    assertError(get("/nodes/none"), 404);

    assertThat(json(get("/snapshots")).get(0).asText()).isEqualTo("gateway:shop front");
    JsonNode snapshot = json(get("/snapshots/gateway%3Ashop%20front"));
    assertThat(names(snapshot))
        .containsExactlyInAnyOrder(
            "clusters", "endpoints", "listeners", "routes", "extensions", "secrets");
    assertThat(snapshot.at("/clusters/shop").asText()).isNotEmpty();
    JsonNode cluster = json(get("/snapshots/gateway:shop%20front/clusters/shop"));
    assertThat(cluster.at("/name").asText()).isEqualTo("shop");
    // Protobuf's canonical JSON, inside of packed messages too.
    assertThat(cluster.at("/edsClusterConfig/edsConfig").has("ads")).isTrue();
    assertThat(cluster.toString()).doesNotContain("eds_cluster_config", "typed_extension");
    assertError(get("/snapshots/gateway:shop%20front/clusters/none"), 404);
    assertError(get("/snapshots/gateway:shop%20front/colours/shop"), 404);
    assertError(get("/snapshots/gateway:shop%20front/clusters"), 404);
    assertError(get("/snapshots/gateway:none"), 404);
  }

  @Test
  void itIsReadOnlyAndSaysWhatIsWrong() {
    Http.Response posted = Http.post(url("/policies"), "{}");
    assertError(posted, 405);
    assertThat(posted.header("allow")).isEqualTo("GET, HEAD");
    assertError(Http.delete(url("/policies/http-route/a")), 405);
    Http.Response head = Http.send("HEAD", url("/healthz"), "");
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertError(get("/none"), 404);
    assertError(get("/healthz/more"), 404);
    assertError(get("/policies/a/b/c"), 404);
  }

  @Test
  void thePageAndTheMetricsAreNoJson() {
    assertThat(get("/").header("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(get("/").body()).contains("<title>Convoy</title>");
    assertThat(get("/metrics").header("content-type")).startsWith("text/plain");
    assertThat(get("/metrics").body()).contains("convoy_ready");
  }

  private void serve() {
    writer.listener(0).servicesChanged(List.of(service()), List.of());
    writer
        .listener(0)
        .documentsChanged(
            RawDocument.Source.KV,
            List.of(document("a/b c", "Protocol: grpc"), document("bad", "Protocol: smoke")),
            List.of());
    writer.listener(0).up("test");
    writer.ready().join();
  }

  private void connect(String id) {
    StreamObserver<DiscoveryRequest> requests =
        AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(new Deaf());
    requests.onNext(
        DiscoveryRequest.newBuilder()
            .setNode(Node.newBuilder().setId(id).setCluster("shop front"))
            .setTypeUrl(TYPE)
            .build());
  }

  private static final class Deaf implements StreamObserver<DiscoveryResponse> {
    @Override
    public void onNext(DiscoveryResponse response) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }

  private static RawDocument document(String name, String text) {
    var id = new DocumentId("service-defaults", name);
    return new RawDocument(RawDocument.Source.KV, "convoy/" + id, id, text, 41, 42);
  }

  private static Service service() {
    return Service.of(
        "shop",
        List.of(
            new Instance(
                "node",
                "shop-1",
                "127.0.0.1",
                20_000,
                ImmutableSortedSet.of(),
                ImmutableSortedMap.of("convoy-path", "/shop/"),
                1,
                Health.PASSING,
                Locality.UNKNOWN,
                1)));
  }

  private static void assertError(Http.Response response, int status) {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.header("content-type")).isEqualTo("application/json");
    assertThat(names(json(response))).containsExactly("error", "next");
  }

  private static ImmutableList<String> names(JsonNode object) {
    return object.properties().stream()
        .map(Map.Entry::getKey)
        .collect(ImmutableList.toImmutableList());
  }

  private static JsonNode json(Http.Response response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + response.body(), e);
    }
  }

  private Http.Response get(String path) {
    return Http.get(url(path));
  }

  private String url(String path) {
    return "http://127.0.0.1:" + admin.port() + path;
  }
}
