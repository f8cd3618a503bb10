package io.convoy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import io.convoy.policy.DocumentId;
import io.convoy.snapshot.Snapshot;
import io.convoy.snapshot.Snapshots;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.Composite;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.ExecuteFilterAction;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Hundreds of prepared slots on a real Envoy. A request says which slot it passes; a slot's content
 * answers with a status of its own, an empty slot lets pass.
 */
class SlotsEnvoyIT {
  private static final int SLOTS = 300;
  private static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          // Without a limit: a slot that is waited for is waited for forever.
          .setInitialFetchTimeout(Duration.getDefaultInstance())
          .build();

  private final Snapshots snapshots = new Snapshots(group -> {});
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<ResourceKey, Resource> resources = new TreeMap<>();
  private final List<ResourceKey> refused = new CopyOnWriteArrayList<>();
  private final int port = FreePorts.next();

  @ParameterizedTest
  @EnumSource
  void contentComesChangesAndGoesAndOnlyWhatIsBadIsRefused(Protocol protocol) throws Exception {
    listener();
    routes();
    fill(0, 501);
    publish();
    XdsServer server = serve(0);
    try (EnvoyFixture envoy = EnvoyFixture.start(EnvoyIT.bootstrap(server, protocol))) {
      appearAndChange();
      oneOfManyIsRefused();
      resources.remove(slot(3));
      resources.remove(slot(1));
      publish();
      if (protocol == Protocol.DELTA) {
        Await.until("content goes", () -> status(1) == 200);
      }
      assertThat(status(0)).isEqualTo(501);

      int xdsPort = server.port();
      server.close();
      fill(0, 506);
      resources.remove(slot(2));
      fill(5, 507);
      publish();
      server = serve(xdsPort);
      Await.until("what changed meanwhile", () -> status(0) == 506 && status(5) == 507);
      if (protocol == Protocol.DELTA) {
        Await.until("what went meanwhile", () -> status(2) == 200);
      }
      assertThat(status(4)).isEqualTo(505);
      assertThat(envoy.stat("listener_manager.listener_modified")).isEqualTo(0);
      assertThat(meters.find("convoy.xds.order.timeouts").counters())
          .allMatch(counter -> counter.count() == 0);
    } finally {
      server.close();
    }
  }

  private void appearAndChange() {
    Await.until("a slot that has content", () -> status(0) == 501);
    assertThat(status(1)).as("an empty one").isEqualTo(200);
    assertThat(status(SLOTS - 1)).isEqualTo(200);
    fill(1, 502);
    publish();
    Await.until("content appears", () -> status(1) == 502);
    fill(1, 503);
    publish();
    Await.until("content changes", () -> status(1) == 503);
    assertThat(status(0)).isEqualTo(501);
  }

  private void oneOfManyIsRefused() {
    fill(2, 504);
    put(slot(3), bad());
    fill(4, 505);
    publish();
    Await.until("the good ones are there", () -> status(2) == 504 && status(4) == 505);
    Await.until("the bad one is named", () -> !refused.isEmpty());
    assertThat(refused).containsOnly(slot(3));
    assertThat(status(3)).isEqualTo(200);
  }

  private XdsServer serve(int xdsPort) throws java.io.IOException {
    return XdsServer.start(
        XdsSettings.plain("127.0.0.1", xdsPort),
        snapshots,
        meters,
        (group, key, version, message, held) -> refused.add(key));
  }

  /** 0 when there is no answer. */
  private int status(int slot) {
    try {
      return Http.get("http://127.0.0.1:" + port + "/", "x-slot", Integer.toString(slot)).status();
    } catch (java.io.UncheckedIOException e) {
      return 0;
    }
  }

  private void publish() {
    snapshots.publish(Snapshot.of(World.GATEWAY, resources.values()));
  }

  private static ResourceKey slot(int number) {
    return Make.extension("slot/" + number);
  }

  private void put(ResourceKey key, Message message, ResourceKey... references) {
    var document = new DocumentId("backend-traffic-policy", key.name());
    resources.put(
        key, Resource.of(key, message, ImmutableSet.of(document), ImmutableSet.copyOf(references)));
  }

  private void fill(int number, int status) {
    put(slot(number), extension(number, fault(status)));
  }

  private static TypedExtensionConfig extension(int number, HTTPFault fault) {
    return TypedExtensionConfig.newBuilder()
        .setName(slot(number).name())
        .setTypedConfig(Any.pack(fault))
        .build();
  }

  private static HTTPFault fault(int status) {
    var fault = HTTPFault.newBuilder();
    fault
        .getAbortBuilder()
        .setHttpStatus(status)
        .getPercentageBuilder()
        .setNumerator(100)
        .setDenominator(FractionalPercent.DenominatorType.HUNDRED);
    return fault.build();
  }

  private static TypedExtensionConfig bad() {
    return extension(3, fault(7)); // no status
  }

  private void routes() {
    var routes = RouteConfiguration.newBuilder().setName("routes");
    var route = routes.addVirtualHostsBuilder().setName("all").addDomains("*").addRoutesBuilder();
    route.getMatchBuilder().setPrefix("/");
    route.getDirectResponseBuilder().setStatus(200);
    put(Make.route("routes"), routes.build());
  }

  private void listener() {
    var manager = HttpConnectionManager.newBuilder().setStatPrefix("http");
    manager.getRdsBuilder().setRouteConfigName("routes").setConfigSource(ADS);
    manager.addHttpFiltersBuilder().setName("slots").setTypedConfig(Any.pack(composite()));
    manager
        .addHttpFiltersBuilder()
        .setName("router")
        .setTypedConfig(Any.pack(Router.getDefaultInstance()));
    var listener = Listener.newBuilder().setName("listener");
    listener
        .getAddressBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port));
    listener
        .addFilterChainsBuilder()
        .addFiltersBuilder()
        .setName("http")
        .setTypedConfig(Any.pack(manager.build()));
    var references = new ResourceKey[SLOTS + 1];
    for (int i = 0; i < SLOTS; i++) {
      references[i] = slot(i);
    }
    references[SLOTS] = Make.route("routes");
    put(Make.listener("listener"), listener.build(), references);
  }

  private static ExtensionWithMatcher composite() {
    var composite = ExtensionWithMatcher.newBuilder();
    composite
        .getExtensionConfigBuilder()
        .setName("composite")
        .setTypedConfig(Any.pack(Composite.getDefaultInstance()));
    var tree = composite.getXdsMatcherBuilder().getMatcherTreeBuilder();
    tree.getInputBuilder()
        .setName("slot")
        .setTypedConfig(
            Any.pack(HttpRequestHeaderMatchInput.newBuilder().setHeaderName("x-slot").build()));
    for (int i = 0; i < SLOTS; i++) {
      var action = ExecuteFilterAction.newBuilder();
      action
          .getDynamicConfigBuilder()
          .setName(slot(i).name())
          .getConfigDiscoveryBuilder()
          .setConfigSource(ADS)
          .setDefaultConfig(Any.pack(HTTPFault.getDefaultInstance()))
          .setApplyDefaultConfigWithoutWarming(true)
          .addTypeUrls("type.googleapis.com/" + HTTPFault.getDescriptor().getFullName());
      var onMatch = com.github.xds.type.matcher.v3.Matcher.OnMatch.newBuilder();
      onMatch.getActionBuilder().setName("slot").setTypedConfig(Any.pack(action.build()));
      tree.getExactMatchMapBuilder().putMap(Integer.toString(i), onMatch.build());
    }
    return composite.build();
  }
}
