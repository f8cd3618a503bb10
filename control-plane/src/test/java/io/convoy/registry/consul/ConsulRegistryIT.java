package io.convoy.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Upstream;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Http;
import io.convoy.policy.RawDocument.Source;
import io.convoy.registry.Recorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kind of change in a real Consul is seen, among few services and among many: also those that
 * no list tells of.
 */
@ParameterizedClass
@ValueSource(ints = {0, 2 * ServiceReader.LITTLE})
class ConsulRegistryIT {
  @SuppressWarnings("NullAway.Init")
  private static ConsulFixture consul;

  @Parameter private int others;

  private final Recorder seen = new Recorder();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ConsulRegistry registry =
      new ConsulRegistry(ConsulSettings.of(URI.create(consul.url())), meters);

  /** A new one each time: an agent counts the queries of the stopped for another 30 s. */
  @BeforeParameterizedClassInvocation
  static void startConsul(int others) {
    consul = ConsulFixture.start();
    new ManyServices(consul, 5).register(others, 1);
  }

  @AfterParameterizedClassInvocation
  static void stopConsul() {
    consul.close();
  }

  @BeforeEach
  void start() {
    registry.start(seen);
    Await.until("all parts are up", () -> seen.partsUp().equals(registry.parts()));
    assertThat(seen.service(ManyServices.name(0)).isPresent()).isEqualTo(others > 0);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void instancesComeAndGo() {
    consul.register("comes", "comes-1", 9001, "version", "v1");
    awaitInstance("comes", instance -> instance.port() == 9001);
    Instance instance = seen.instance("comes").orElseThrow();
    assertThat(instance.address()).isEqualTo("127.0.0.1");
    assertThat(instance.meta()).containsEntry("version", "v1");
    assertThat(instance.health()).isEqualTo(Health.PASSING);
    assertThat(instance.weight()).isEqualTo(1);
    assertThat(instance.createIndex()).isPositive();

    consul.register("comes", "comes-2", 9002);
    Await.until(
        "two instances",
        () -> seen.service("comes").map(s -> s.instances().size()).equals(Optional.of(2)));

    consul.deregister("comes-1");
    awaitInstance("comes", left -> left.id().equals("comes-2"));
    consul.deregister("comes-2");
    Await.until("the service is gone", () -> seen.service("comes").isEmpty());
  }

  @Test
  void noConnectionIsLeftAfterClose() {
    // What is read now and then leaves connections that wait for nothing.
    for (int i = 1; i <= 8; i++) {
      consul.register("more-" + i, "more-" + i, 9000 + i);
    }
    Await.until("all are seen", () -> seen.service("more-8").isPresent());
    assertThat(connections()).isPositive();
    registry.close();
    assertThat(connections()).isZero();
  }

  private double connections() {
    return meters.get("convoy.consul.connections").gauge().value();
  }

  @Test
  void consulsOwnServiceIsLeftOut() {
    consul.register("other", "other-1", 9001);
    awaitInstance("other", instance -> true);
    assertThat(seen.service("consul")).isEmpty();
  }

  @Test
  void changesThatTheListsDoNotShow() {
    consul.register("quiet", "quiet-1", 9001, "version", "v1");
    awaitInstance("quiet", instance -> instance.port() == 9001);
    consul.register("quiet", "quiet-1", 9002, "version", "v1");
    awaitInstance("quiet", instance -> instance.port() == 9002);
    consul.register("quiet", "quiet-1", 9002, "version", "v2");
    awaitInstance("quiet", instance -> "v2".equals(instance.meta().get("version")));
    agent(
        "register",
        """
        {"Name": "quiet", "ID": "quiet-1", "Address": "127.0.0.2", "Port": 9002,
         "Tags": ["blue"], "Weights": {"Passing": 7, "Warning": 3}}
        """);
    awaitInstance("quiet", instance -> instance.weight() == 7);
    Instance instance = seen.instance("quiet").orElseThrow();
    assertThat(instance.address()).isEqualTo("127.0.0.2");
    assertThat(instance.tags()).containsExactly("blue");
    consul.deregister("quiet-1");
    Await.until("the service is gone", () -> seen.service("quiet").isEmpty());
  }

  /** They are registered as a service of their own, and belong to the instance beside. */
  @Test
  void whatASidecarCallsIsOfItsInstance() {
    String order =
        """
        {"Name": "order", "ID": "order-1", "Address": "127.0.0.1", "Port": 9001,
         "Check": {"CheckID": "check-order", "Name": "ttl", "TTL": "1h", "Status": "passing"},
         "Connect": {"SidecarService": {"Port": 21000, "Proxy": {"Upstreams": [%s]}}}}
        """;
    agent("register", order.formatted("{\"DestinationName\": \"user\", \"LocalBindPort\": 9190}"));
    awaitInstance(
        "order",
        one -> one.upstreams().equals(ImmutableList.of(new Upstream("user", "", "", "", 9190))));
    assertThat(seen.service("order-sidecar-proxy")).isEmpty();

    // A failed check says nothing of it.
    consul.api().report("check-order", "fail");
    awaitInstance("order", one -> one.health() == Health.CRITICAL);
    assertThat(seen.instance("order").orElseThrow().upstreams()).hasSize(1);

    agent(
        "register",
        order.formatted(
            "{\"DestinationName\": \"db\", \"DestinationType\": \"prepared_query\", \"Datacenter\": \"dc2\","
                + " \"LocalBindAddress\": \"127.0.0.2\", \"LocalBindPort\": 9191},"
                + " {\"DestinationName\": \"socket\", \"LocalBindSocketPath\": \"/tmp/s\"}"));
    awaitInstance(
        "order",
        one ->
            one.upstreams()
                .equals(
                    ImmutableList.of(
                        new Upstream("db", "prepared_query", "dc2", "127.0.0.2", 9191),
                        new Upstream("socket", "", "", "", 0))));
    consul.deregister("order-1-sidecar-proxy");
    awaitInstance("order", one -> one.upstreams().isEmpty());
    consul.deregister("order-1");
    Await.until("the service is gone", () -> seen.service("order").isEmpty());
  }

  @Test
  void checksFailAndRecover() {
    agent(
        "register",
        """
        {"Name": "checked", "ID": "checked-1", "Address": "127.0.0.1", "Port": 9001,
         "Weights": {"Passing": 10, "Warning": 2},
         "Check": {"CheckID": "check-checked-1", "TTL": "1h"}}
        """);
    awaitInstance("checked", instance -> instance.health() == Health.CRITICAL);
    consul.api().report("check-checked-1", "pass");
    awaitInstance("checked", instance -> instance.health() == Health.PASSING);
    assertThat(seen.instance("checked").orElseThrow().weight()).isEqualTo(10);
    consul.api().report("check-checked-1", "warn");
    awaitInstance("checked", instance -> instance.health() == Health.WARNING);
    assertThat(seen.instance("checked").orElseThrow().weight()).isEqualTo(2);
    consul.api().report("check-checked-1", "fail");
    awaitInstance("checked", instance -> instance.health() == Health.CRITICAL);
    Http.put(consul.url() + "/v1/agent/check/deregister/check-checked-1", "");
    awaitInstance("checked", instance -> instance.health() == Health.PASSING);
    assertThat(seen.events()).noneMatch(event -> event.startsWith("down"));
  }

  @Test
  void maintenanceOfAServiceAndOfANode() {
    consul.register("kept", "kept-1", 9001);
    awaitInstance("kept", instance -> instance.health() == Health.PASSING);
    Http.put(consul.url() + "/v1/agent/service/maintenance/kept-1?enable=true", "");
    awaitInstance("kept", instance -> instance.health() == Health.MAINTENANCE);
    Http.put(consul.url() + "/v1/agent/service/maintenance/kept-1?enable=false", "");
    awaitInstance("kept", instance -> instance.health() == Health.PASSING);
    Http.put(consul.url() + "/v1/agent/maintenance?enable=true", "");
    awaitInstance("kept", instance -> instance.health() == Health.MAINTENANCE);
    Http.put(consul.url() + "/v1/agent/maintenance?enable=false", "");
    awaitInstance("kept", instance -> instance.health() == Health.PASSING);
  }

  @Test
  void localityAndAddressFromTheNode() {
    catalog(
        """
        {"Node": "far", "Address": "10.0.0.1", "NodeMeta": {"zone": "a", "region": "north"},
         "Service": {"Service": "there", "ID": "there-1", "Port": 80}}
        """);
    awaitInstance("there", instance -> instance.address().equals("10.0.0.1"));
    assertThat(seen.instance("there").orElseThrow().locality())
        .isEqualTo(new Locality("north", "a"));
    catalog("{\"Node\": \"far\", \"Address\": \"10.0.0.2\", \"NodeMeta\": {\"zone\": \"b\"}}");
    awaitInstance("there", instance -> instance.locality().equals(new Locality("", "b")));
    assertThat(seen.instance("there").orElseThrow().address()).isEqualTo("10.0.0.2");
    catalog(
        """
        {"Node": "far", "Address": "10.0.0.2", "SkipNodeUpdate": true,
         "Service": {"Service": "there", "ID": "there-1", "Port": 80, "Meta": {"convoy-zone": "c"}}}
        """);
    awaitInstance("there", instance -> instance.locality().zone().equals("c"));
  }

  @Test
  void proxiesAndGatewaysAreNoServices() {
    agent(
        "register",
        """
        {"Name": "plain", "ID": "plain-1", "Address": "127.0.0.1", "Port": 9001,
         "Connect": {"SidecarService": {"Port": 21000}}}
        """);
    awaitInstance("plain", instance -> true);
    assertThat(seen.service("plain-sidecar-proxy")).isEmpty();
  }

  @Test
  void documentsInKv() {
    consul.putKey("convoy/http-route/shop", "Kind: http-route\n");
    awaitDocument(Source.KV, "http-route", "shop", "Kind: http-route\n");
    consul.putKey("convoy/http-route/shop", "Kind: http-route\nName: shop\n");
    awaitDocument(Source.KV, "http-route", "shop", "Kind: http-route\nName: shop\n");
    consul.putKey("convoy/http-route/", "");
    consul.putKey("convoy/odd", "x");
    awaitDocument(Source.KV, "odd", "", "x");
    consul.putKey("convoy/http-route/a/b", "y");
    awaitDocument(Source.KV, "http-route", "a/b", "y");
    assertThat(seen.document(Source.KV, "http-route", "")).isEmpty();
    Http.delete(consul.url() + "/v1/kv/convoy/?recurse");
    Await.until("no document is left", () -> seen.documentCount() == 0);
    consul.putKey("convoy/http-route/shop", "again");
    awaitDocument(Source.KV, "http-route", "shop", "again");
    consul.deleteKey("convoy/http-route/shop");
    Await.until("no document is left", () -> seen.documentCount() == 0);
  }

  @Test
  void configEntriesOfEveryKind() {
    String defaults = "{\"Kind\": \"service-defaults\", \"Name\": \"web\", \"Protocol\": \"%s\"}";
    Http.put(consul.url() + "/v1/config", defaults.formatted("http"));
    Await.until(
        "the entry is seen",
        () ->
            seen.document(Source.CONFIG_ENTRY, "service-defaults", "web")
                .filter(document -> document.text().contains("\"Protocol\":\"http\""))
                .isPresent());
    assertThat(
            seen.document(Source.CONFIG_ENTRY, "service-defaults", "web").orElseThrow().location())
        .isEqualTo("config/service-defaults/web");
    Http.put(consul.url() + "/v1/config", defaults.formatted("grpc"));
    Await.until(
        "the change is seen",
        () ->
            seen.document(Source.CONFIG_ENTRY, "service-defaults", "web")
                .filter(document -> document.text().contains("\"Protocol\":\"grpc\""))
                .isPresent());
    Http.delete(consul.url() + "/v1/config/service-defaults/web");
    Await.until(
        "the entry is gone",
        () -> seen.document(Source.CONFIG_ENTRY, "service-defaults", "web").isEmpty());
  }

  private void awaitInstance(String service, Predicate<Instance> condition) {
    Await.until(
        "the instance of " + service + " is as expected; it is " + seen.service(service),
        () -> seen.instance(service).filter(condition).isPresent());
  }

  private void awaitDocument(Source source, String kind, String name, String text) {
    Await.until(
        kind + "/" + name + " is " + text,
        () -> seen.document(source, kind, name).filter(d -> d.text().equals(text)).isPresent());
  }

  private static void agent(String what, String body) {
    Http.put(consul.url() + "/v1/agent/service/" + what, body);
  }

  private static void catalog(String body) {
    Http.put(consul.url() + "/v1/catalog/register", body);
  }
}
