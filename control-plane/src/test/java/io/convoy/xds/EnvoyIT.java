package io.convoy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.net.HostAndPort;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import io.convoy.snapshot.Snapshot;
import io.convoy.snapshot.Snapshots;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hand-made resources on a real Envoy, which is its own upstream: its admin answers. */
class EnvoyIT {
  private static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          // Without a limit: what is not sent is waited for forever.
          .setInitialFetchTimeout(Duration.getDefaultInstance())
          .build();

  private final Snapshots snapshots = new Snapshots(group -> {});
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<ResourceKey, Resource> resources = new TreeMap<>();

  @ParameterizedTest
  @EnumSource
  void aRealEnvoyIsServedUpdatedAndKeptWhereItRefuses(Protocol protocol) throws Exception {
    try (XdsServer server =
        XdsServer.start(
            XdsSettings.plain("127.0.0.1", 0),
            snapshots,
            meters,
            (group, key, version, message, held) -> {})) {
      int port = FreePorts.next();
      try (EnvoyFixture envoy = EnvoyFixture.start(bootstrap(server, protocol))) {
        int admin = URI.create(envoy.adminUrl()).getPort();
        cluster("a", 1);
        endpoints("a", admin);
        route("a");
        listener(port);
        publish();
        Await.until("the route answers", () -> status(port) == 200);

        // Envoy warms the changed cluster until its endpoints come again.
        cluster("a", 2);
        publish();
        Await.until("the change is in use", () -> clusters(envoy).contains("\"2s\""));
        assertThat(envoy.stat("cluster_manager.warming_clusters")).isEqualTo(0);

        // One cluster is refused; the other of the same publish and the route to it flow.
        cluster("b", 1);
        endpoints("b", admin);
        put("bad", badCluster());
        route("b");
        publish();
        Await.until(
            "the route moved",
            () -> status(port) == 200 && envoy.stat("cluster.b.upstream_rq_total") > 0);
        Await.until("the refusal is known", () -> clustersOf(server).error().isPresent());
        assertThat(clustersOf(server).error().orElseThrow()).contains("bad");
        Await.until("the rest was taken over", () -> clustersOf(server).nonceAge().isEmpty());
        assertThat(clustersOf(server).resources()).isEqualTo(2);
        assertThat(count("convoy.xds.nacks")).isEqualTo(1);

        // Make before break: the old cluster goes when the route without it was acknowledged.
        remove(ResourceType.CLUSTERS, "a");
        remove(ResourceType.ENDPOINTS, "a");
        publish();
        Await.until("the old cluster is gone", () -> !clusters(envoy).contains("\"name\": \"a\""));
        assertThat(status(port)).isEqualTo(200);
        assertThat(count("convoy.xds.order.timeouts")).isEqualTo(0);
      }
    }
  }

  private static String clusters(EnvoyFixture envoy) {
    return envoy.admin("/config_dump?resource=dynamic_active_clusters");
  }

  private static TypeStatus clustersOf(XdsServer server) {
    return java.util.Objects.requireNonNull(
        server.nodes().getFirst().types().get(ResourceType.CLUSTERS));
  }

  private double count(String meter) {
    return meters.find(meter).counters().stream().mapToDouble(c -> c.count()).sum();
  }

  /** 0 when there is no answer. */
  private static int status(int port) {
    try {
      return Http.get("http://127.0.0.1:" + port + "/ready").status();
    } catch (java.io.UncheckedIOException e) {
      return 0;
    }
  }

  static String bootstrap(XdsServer server, Protocol protocol) {
    return new Bootstrap(
            "gateway",
            "gateway",
            "envoy",
            ImmutableList.of(HostAndPort.fromParts("127.0.0.1", server.port())),
            protocol == Protocol.DELTA,
            0,
            0,
            Optional.empty())
        .render();
  }

  private void publish() {
    snapshots.publish(Snapshot.of(World.GATEWAY, resources.values()));
  }

  private void remove(ResourceType type, String name) {
    resources.remove(new ResourceKey(type, name));
  }

  private void put(String name, Message message, ResourceKey... references) {
    ResourceType type =
        switch (message) {
          case Cluster any -> ResourceType.CLUSTERS;
          case ClusterLoadAssignment any -> ResourceType.ENDPOINTS;
          case Listener any -> ResourceType.LISTENERS;
          case RouteConfiguration any -> ResourceType.ROUTES;
          default -> throw new IllegalArgumentException(message.getClass().getName());
        };
    var key = new ResourceKey(type, name);
    resources.put(
        key, Resource.of(key, message, ImmutableSet.of(), ImmutableSet.copyOf(references)));
  }

  private void cluster(String name, int seconds) {
    put(
        name,
        Cluster.newBuilder()
            .setName(name)
            .setType(Cluster.DiscoveryType.EDS)
            .setConnectTimeout(Duration.newBuilder().setSeconds(seconds))
            .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS))
            .build(),
        Make.endpoints(name));
  }

  private static Cluster badCluster() {
    return Cluster.newBuilder()
        .setName("bad")
        .setConnectTimeout(Duration.newBuilder().setSeconds(1))
        .setType(Cluster.DiscoveryType.STATIC)
        .setLbPolicy(Cluster.LbPolicy.LOAD_BALANCING_POLICY_CONFIG)
        .build();
  }

  private void endpoints(String name, int port) {
    var assignment = ClusterLoadAssignment.newBuilder().setClusterName(name);
    assignment
        .addEndpointsBuilder()
        .addLbEndpointsBuilder()
        .getEndpointBuilder()
        .setAddress(address(port));
    put(name, assignment.build());
  }

  private static Address address(int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port))
        .build();
  }

  private void route(String cluster) {
    var host = VirtualHost.newBuilder().setName("all").addDomains("*");
    var route = host.addRoutesBuilder();
    route.getMatchBuilder().setPrefix("/");
    route.getRouteBuilder().setCluster(cluster);
    put(
        "routes",
        RouteConfiguration.newBuilder().setName("routes").addVirtualHosts(host).build(),
        Make.cluster(cluster));
  }

  private void listener(int port) {
    var manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix("http")
            .setRds(Rds.newBuilder().setRouteConfigName("routes").setConfigSource(ADS))
            .addHttpFilters(
                HttpFilter.newBuilder()
                    .setName("router")
                    .setTypedConfig(Any.pack(Router.getDefaultInstance())))
            .build();
    put(
        "listener",
        Listener.newBuilder()
            .setName("listener")
            .setAddress(address(port))
            .addFilterChains(
                FilterChain.newBuilder()
                    .addFilters(
                        Filter.newBuilder().setName("http").setTypedConfig(Any.pack(manager))))
            .build(),
        Make.route("routes"));
  }
}
