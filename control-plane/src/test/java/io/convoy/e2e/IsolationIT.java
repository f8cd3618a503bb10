package io.convoy.e2e;

import static io.convoy.e2e.PolicyStage.statuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import io.convoy.fixture.SigningKey;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a document must not do to others: fill their buckets, close connections. */
class IsolationIT {
  /** Nothing comes back of it while a test runs. */
  private static final String THREE_A_DAY = "{Limit: {Requests: 3, Unit: Day}}";

  private static final String PROVIDER =
      """
      Issuer: https://%s.test
      JSONWebKeySet: {Remote: {URI: "https://keys-%s.test/"}}
      """;

  @Test
  void aDrainedBucketStaysDrainedWhateverElseChanges() {
    try (var stage = new PolicyStage(Duration.ZERO)) {
      stage.limit("of-user", "user", THREE_A_DAY);
      for (Gateway gateway : stage.gateways()) {
        assertThat(statuses(gateway, 4, "/user/")).isEqualTo("200 200 200 429");
      }
      long listeners = stage.listenerUpdates();

      for (int i = 1; i <= 20; i++) {
        stage.limit("of-order", "order", "{Limit: {Requests: %d, Unit: Day}}".formatted(i));
        assertDrained(stage, "another service's document, changed");
      }
      for (int i = 0; i < 20; i++) {
        // Beside the other, so that what one request passes is in two lanes; three are prepared.
        stage.limit("more-" + i, "order", THREE_A_DAY);
        assertDrained(stage, "another service's document, added");
        stage.delete("backend-traffic-policy/more-" + i);
        assertDrained(stage, "another service's document, removed");
      }
      for (int i = 0; i < 5; i++) {
        stage.put("jwt-provider/p" + i, PROVIDER.formatted("p" + i, i));
        stage.limit(
            "of-p" + i,
            "user",
            "{Limit: {Requests: 1, Unit: Day}, Selectors: [{JWTProvider: p%d}]}".formatted(i));
        assertDrained(stage, "a provider's limit on the same service, added");
        stage.put("jwt-provider/p" + i, PROVIDER.formatted("other-" + i, i));
        stage.limit(
            "of-p" + i,
            "user",
            "{Limit: {Requests: 2, Unit: Day}, Selectors: [{JWTProvider: p%d}]}".formatted(i));
        assertDrained(stage, "a provider's limit on the same service, changed");
      }
      assertThat(stage.listenerUpdates()).as("LDS updates").isEqualTo(listeners);
      for (int i = 0; i < 5; i++) {
        stage.delete("backend-traffic-policy/of-p" + i);
        stage.delete("jwt-provider/p" + i);
        assertDrained(stage, "a provider's limit on the same service, removed");
      }
      for (int i = 0; i < 5; i++) {
        stage.put(
            "http-route/another",
            "Rules: [{Matches: [{Path: {Match: prefix, Value: /another/%d/}}], Services: [{Name: order}]}]"
                .formatted(i));
        assertDrained(stage, "a route");
        stage.consul.register(
            "extra", "extra-" + i, stage.order.port(), "convoy-path", "/extra/" + i + "/");
        stage.consul.register("user", "user-" + i, stage.user.port(), "convoy-path", "/user/");
        String path = "/extra/0/";
        stage.gateways().forEach(gateway -> gateway.awaitBackend(path, "order"));
        assertDrained(stage, "services, clusters and endpoints");
      }
      for (int i = 0; i < 5; i++) {
        stage.consul.deregister("extra-" + i);
        stage.consul.deregister("user-" + i);
      }
      stage
          .gateways()
          .forEach(gateway ->
              Await.until("the service is gone", () -> gateway.get("/extra/0/").status() == 404));
      stage.delete("http-route/another");
      assertDrained(stage, "what is gone again");
      for (int i = 0; i < 5; i++) {
        stage.limit("of-user", "user", THREE_A_DAY);
        assertDrained(stage, "the document itself, written with the same content");
      }
      assertThat(stage.listenerUpdates()).as("LDS updates").isEqualTo(listeners);

      stage.limit("of-user", "user", "{Limit: {Requests: 2, Unit: Day}}");
      for (Gateway gateway : stage.gateways()) {
        assertThat(statuses(gateway, 3, "/user/"))
            .as("its own change fills it")
            .isEqualTo("200 200 429");
      }
    }
  }

  private static void assertDrained(PolicyStage stage, String what) {
    for (Gateway gateway : stage.gateways()) {
      assertThat(gateway.get("/user/").status()).as(what).isEqualTo(429);
    }
  }

  @Test
  void policiesCloseNoConnection() throws Exception {
    try (var stage = new PolicyStage(Duration.ZERO);
        var socket = new EchoSocket();
        var grpc = new GrpcBackend("health")) {
      stage.put("service-defaults/health", "Protocol: grpc");
      stage.consul.register("socket", "socket", socket.port(), "convoy-path", "/socket/");
      stage.consul.register(
          "health", "health", grpc.port(), "convoy-path", "/grpc.health.v1.Health/");
      stage.limit("of-socket", "socket", "{Limit: {Requests: 1000, Unit: Day}}");
      stage.limit("of-health", "health", "{Limit: {Requests: 1000, Unit: Day}}");
      var keys =
          List.of(
              new SigningKey(SigningKey.Type.ES256, "one"),
              new SigningKey(SigningKey.Type.EdDSA, "two"));
      change(stage, 1, keys);
      change(stage, 2, keys);
      ManagedChannel channel =
          ManagedChannelBuilder.forAddress("127.0.0.1", stage.sotw.port()).usePlaintext().build();
      try (var overDelta = new EchoSocket.Client(stage.delta.port(), "/socket/");
          var overSotw = new EchoSocket.Client(stage.sotw.port(), "/socket/")) {
        BlockingQueue<String> heard = watch(channel);
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("SERVING");
        long listeners = stage.listenerUpdates();
        for (int i = 1; i <= 100; i++) {
          change(stage, i, keys);
          assertThat(overDelta.send("delta " + i)).isEqualTo("delta " + i);
          assertThat(overSotw.send("sotw " + i)).isEqualTo("sotw " + i);
          grpc.serving(i % 2 == 0);
          assertThat(heard.poll(20, TimeUnit.SECONDS))
              .isEqualTo(i % 2 == 0 ? "SERVING" : "NOT_SERVING");
        }
        assertThat(stage.listenerUpdates()).as("LDS updates").isEqualTo(listeners);
        for (Gateway gateway : stage.gateways()) {
          EnvoyFixture envoy = gateway.envoy();
          assertThat(envoy.stat("listener_manager.listener_modified")).isZero();
          assertThat(envoy.stat("listener_manager.listener_in_place_updated")).isZero();
          assertThat(envoy.stat("listener_manager.total_filter_chains_draining")).isZero();
        }
      } finally {
        channel.shutdownNow();
      }
    }
  }

  /** Changes a document that applies to both services, of each kind in turn. */
  private static void change(PolicyStage stage, int i, List<SigningKey> keys) {
    String targets = "TargetRefs: [{Kind: service, Name: socket}, {Kind: service, Name: health}]\n";
    switch (i % 5) {
      case 0 ->
          stage.put(
              "backend-traffic-policy/of-both",
              targets
                  + "RateLimit: {Local: {Rules: [{Limit: {Requests: %d, Unit: Day}}]}}"
                      .formatted(1000 + i));
      case 1 ->
          stage.put(
              "jwt-provider/okta",
              "Issuer: https://%d.test\nJSONWebKeySet: {Local: {JWKS: %s}}"
                  .formatted(i / 5 % 3, SigningKey.encodedKeySet(keys.get(i / 5 % 2))));
      case 2 ->
          stage.put(
              "security-policy/tokens",
              targets
                  + "JWT: {Requirement: {Any: [{Provider: okta}, {AllowMissing: true}]},"
                  + " ClaimToHeaders: [{Claim: sub, Header: x-user-%d}]}".formatted(i));
      case 3 ->
          stage.put("security-policy/revoked", targets + "Revocation: {Jti: [a%d]}".formatted(i));
      case 4 ->
          stage.put(
              "security-policy/rules",
              targets
                  + "Authorization: {DefaultAction: Allow, Rules: [{Action: Deny,"
                  + " Operation: {Paths: [{Match: prefix, Value: /%d/}]}}]}".formatted(i));
      default -> throw new AssertionError(i);
    }
  }

  /** What a stream that stays open hears. */
  private static BlockingQueue<String> watch(ManagedChannel channel) {
    var heard = new LinkedBlockingQueue<String>();
    HealthGrpc.newStub(channel)
        .watch(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<HealthCheckResponse>() {
              @Override
              public void onNext(HealthCheckResponse response) {
                heard.add(response.getStatus().name());
              }

              @Override
              public void onError(Throwable failure) {
                heard.add(failure.toString());
              }

              @Override
              public void onCompleted() {
                heard.add("completed");
              }
            });
    return heard;
  }

  /**
   * The first test can fail: where a limit stands in the route, as other control planes have it, a
   * change of another route fills its bucket.
   */
  @Test
  void aLimitInARouteDoesNotStayDrained(@TempDir Path folder) throws IOException {
    int port = FreePorts.next();
    Path routes = folder.resolve("routes.yaml");
    Files.writeString(routes, routes("/another/"));
    try (var envoy = EnvoyFixture.start(bootstrap(port, routes))) {
      Await.until("Envoy is ready", envoy::isReady);
      String user = "http://127.0.0.1:" + port + "/user/";
      for (int i = 0; i < 3; i++) {
        assertThat(Http.get(user).status()).isEqualTo(200);
      }
      assertThat(Http.get(user).status()).isEqualTo(429);

      Path next = folder.resolve("next.yaml");
      Files.writeString(next, routes("/yet-another/"));
      Files.move(next, routes, StandardCopyOption.ATOMIC_MOVE);
      Await.until(
          "the other route has changed",
          () -> Http.get("http://127.0.0.1:" + port + "/yet-another/").status() == 200);
      assertThat(Http.get(user).status()).as("the bucket is full again").isEqualTo(200);
    }
  }

  private static String routes(String another) {
    return """
    resources:
    - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
      name: routes
      virtual_hosts:
      - name: all
        domains: ["*"]
        routes:
        - match: {prefix: /user/}
          direct_response: {status: 200}
          typed_per_filter_config:
            limits:
              "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
              stat_prefix: in-route
              token_bucket: {max_tokens: 3, tokens_per_fill: 3, fill_interval: 86400s}
              filter_enabled: {default_value: {numerator: 100}}
              filter_enforced: {default_value: {numerator: 100}}
        - match: {prefix: %s}
          direct_response: {status: 200}
    """
        .formatted(another);
  }

  private static String bootstrap(int port, Path routes) {
    return """
    node: {id: in-route, cluster: in-route}
    admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
    static_resources:
      listeners:
      - name: in-route
        address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        filter_chains:
        - filters:
          - name: http
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: in-route
              rds: {route_config_name: routes, config_source: {path_config_source: {path: "%s"}, resource_api_version: V3}}
              http_filters:
              - name: limits
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
                  stat_prefix: none
              - name: router
                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
    """
        .formatted(port, routes);
  }
}
