package io.convoy.policy;

import static io.convoy.policy.Documents.accepted;
import static io.convoy.policy.Documents.entry;
import static io.convoy.policy.Documents.kv;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Iterables;
import io.convoy.policy.ClientTrafficPolicy.ClientIpDetection;
import io.convoy.policy.RequestMatch.Header;
import io.convoy.policy.RequestMatch.Path;
import io.convoy.policy.RequestMatch.Query;
import io.convoy.policy.ServiceResolver.HashPolicy;
import io.convoy.policy.ServiceResolver.Policy;
import io.convoy.policy.ServiceResolver.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What the fields of each kind become: read from the examples in the documentation. */
class AcceptedTest {

  @Test
  void serviceDefaults() throws IOException {
    assertThat(example(ServiceDefaults.class, "service-defaults", 0))
        .isEqualTo(
            new ServiceDefaults(
                new DocumentId("service-defaults", "order"),
                Optional.of(ServiceDefaults.Protocol.HTTP),
                Optional.of(Duration.ofMillis(1500)),
                Optional.of(Duration.ofSeconds(9)),
                1000,
                Optional.of(ServiceDefaults.MutualTlsMode.STRICT),
                new ServiceDefaults.Upstream(
                    Optional.of(Duration.ofMillis(500)),
                    new ServiceDefaults.Limits(
                        OptionalInt.of(100), OptionalInt.of(50), OptionalInt.of(200)),
                    Optional.of(
                        new ServiceDefaults.PassiveHealthCheck(
                            Optional.of(Duration.ofSeconds(10)),
                            OptionalInt.of(5),
                            OptionalInt.of(100),
                            OptionalInt.of(50),
                            Optional.of(Duration.ofSeconds(30))))),
                ImmutableSortedMap.of(
                    "user",
                    new ServiceDefaults.Upstream(
                        Optional.of(Duration.ofMillis(200)),
                        ServiceDefaults.Limits.NONE,
                        Optional.empty()))));
  }

  @Test
  void serviceDefaultsOfNothing() {
    assertThat(accepted(ServiceDefaults.class, kv("service-defaults", "user", "{}")))
        .isEqualTo(
            new ServiceDefaults(
                new DocumentId("service-defaults", "user"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                ServiceDefaults.Upstream.NONE,
                ImmutableSortedMap.of()));
    for (String protocol : List.of("GRPC", "grpc", "Grpc")) {
      assertThat(
              accepted(
                      ServiceDefaults.class,
                      kv("service-defaults", "user", "Protocol: " + protocol))
                  .protocol())
          .hasValue(ServiceDefaults.Protocol.GRPC);
    }
  }

  @Test
  void proxyDefaults() throws IOException {
    assertThat(example(ProxyDefaults.class, "proxy-defaults", 0))
        .isEqualTo(
            new ProxyDefaults(
                ProxyDefaults.ID,
                Optional.of(ServiceDefaults.Protocol.HTTP2),
                Optional.of(Duration.ofMillis(1500)),
                Optional.of(Duration.ofSeconds(9)),
                OptionalInt.of(1000),
                Optional.of(ServiceDefaults.MutualTlsMode.PERMISSIVE)));
    assertThat(accepted(ProxyDefaults.class, kv("proxy-defaults", "global", "{}")))
        .isEqualTo(
            new ProxyDefaults(
                ProxyDefaults.ID,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty()));
  }

  @Test
  void zeroIsATimeoutOfItsOwnExceptFromConsul() {
    String text = "{\"LocalRequestTimeoutMs\": 0}";
    assertThat(
            accepted(ServiceDefaults.class, kv("service-defaults", "user", text))
                .localRequestTimeout())
        .contains(Duration.ZERO);
    assertThat(
            accepted(ServiceDefaults.class, entry("service-defaults", "user", text))
                .localRequestTimeout())
        .isEmpty();
    String resolver = "{\"RequestTimeout\": \"0s\"}";
    assertThat(
            accepted(ServiceResolver.class, kv("service-resolver", "user", resolver))
                .requestTimeout())
        .contains(Duration.ZERO);
    assertThat(
            accepted(ServiceResolver.class, entry("service-resolver", "user", resolver))
                .requestTimeout())
        .isEmpty();
    assertThat(
            accepted(
                    ServiceResolver.class,
                    entry("service-resolver", "user", "{\"RequestTimeout\": \"-1s\"}"))
                .requestTimeout())
        .contains(Duration.ZERO);
  }

  @Test
  void serviceResolver() throws IOException, InstanceFilter.Malformed {
    ServiceResolver user = example(ServiceResolver.class, "service-resolver", 0);
    assertThat(user.defaultSubset()).isEqualTo("v1");
    assertThat(user.subsets())
        .isEqualTo(
            ImmutableSortedMap.of(
                "v1",
                new ServiceResolver.Subset(
                    InstanceFilter.parse("user", "Service.Meta.version == \"1\""), false),
                "v2",
                new ServiceResolver.Subset(
                    InstanceFilter.parse("user", "\"canary\" in Service.Tags"), true)));
    assertThat(user.failover())
        .isEqualTo(
            ImmutableSortedMap.of(
                "v1", ImmutableList.of(new Target("user", "v2")),
                "*", ImmutableList.of(new Target("user-next", ""))));
    assertThat(user.redirect()).isEmpty();
    assertThat(user.connectTimeout()).contains(Duration.ofMillis(500));
    assertThat(user.requestTimeout()).contains(Duration.ofSeconds(90));
    assertThat(user.loadBalancer())
        .contains(
            new ServiceResolver.LoadBalancer(
                new Policy.RingHash(Optional.of(1024L), Optional.of(8192L)),
                ImmutableList.of(
                    new HashPolicy.Header("x-user-id", true),
                    new HashPolicy.Cookie("sid", Optional.of(Duration.ofHours(1)), "/", false),
                    new HashPolicy.QueryParameter("user", false),
                    new HashPolicy.SourceIp(false))));
    assertThat(example(ServiceResolver.class, "service-resolver", 1).redirect())
        .contains(new Target("user", ""));
    assertThat(balancer("{Policy: least_request, LeastRequestConfig: {ChoiceCount: 3}}"))
        .isEqualTo(new Policy.LeastRequest(OptionalInt.of(3)));
    assertThat(balancer("{Policy: least_request}"))
        .isEqualTo(new Policy.LeastRequest(OptionalInt.empty()));
    assertThat(balancer("{Policy: round_robin}")).isEqualTo(new Policy.RoundRobin());
    assertThat(balancer("{Policy: random}")).isEqualTo(new Policy.Random());
    assertThat(balancer("{Policy: maglev}")).isEqualTo(new Policy.Maglev());
  }

  @Test
  void cookiesOfHashPolicies() {
    String text =
        "LoadBalancer: {Policy: maglev, HashPolicies: [{Field: cookie, FieldValue: a},"
            + " {Field: cookie, FieldValue: b, CookieConfig: {Session: true}}]}";
    assertThat(
            accepted(ServiceResolver.class, kv("service-resolver", "user", text))
                .loadBalancer()
                .orElseThrow()
                .hashPolicies())
        .containsExactly(
            new HashPolicy.Cookie("a", Optional.empty(), "", false),
            new HashPolicy.Cookie("b", Optional.of(Duration.ZERO), "", false));
  }

  private static Policy balancer(String text) {
    return accepted(ServiceResolver.class, kv("service-resolver", "user", "LoadBalancer: " + text))
        .loadBalancer()
        .orElseThrow()
        .policy();
  }

  @Test
  void serviceSplitter() throws IOException {
    assertThat(example(ServiceSplitter.class, "service-splitter", 0).splits())
        .containsExactly(
            new ServiceSplitter.Split(9950, "user", "", HeaderModifier.NONE, HeaderModifier.NONE),
            new ServiceSplitter.Split(
                50,
                "user-next",
                "",
                new HeaderModifier(
                    ImmutableSortedMap.of(),
                    ImmutableSortedMap.of("x-canary", "true"),
                    ImmutableList.of()),
                new HeaderModifier(
                    ImmutableSortedMap.of("x-served-by", "%UPSTREAM_HOST%"),
                    ImmutableSortedMap.of(),
                    ImmutableList.of("server"))));
    String thirds =
        "Splits: [{Weight: 33.33}, {Weight: 33.33, ServiceSubset: a}, {Weight: 33.34, Service: x}]";
    assertThat(accepted(ServiceSplitter.class, kv("service-splitter", "user", thirds)).splits())
        .extracting(ServiceSplitter.Split::weight)
        .containsExactly(3333, 3333, 3334);
  }

  @Test
  void serviceRouter() throws IOException {
    ServiceRouter router = example(ServiceRouter.class, "service-router", 0);
    assertThat(router.routes().get(0))
        .isEqualTo(
            new ServiceRouter.Route(
                new RequestMatch(
                    new Path.Prefix("/admin/", false),
                    ImmutableSet.of("GET", "POST"),
                    ImmutableList.of(
                        new Header("x-debug", new RequestMatch.Value.Exact("1", false), false),
                        new Header("x-blocked", new RequestMatch.Value.Present(), true),
                        new Header("x-trace", new RequestMatch.Value.Regex("[0-9a-f]{8}"), false),
                        new Header("accept", new RequestMatch.Value.Prefix("text/", false), false),
                        new Header(
                            "x-tenant", new RequestMatch.Value.Suffix(".test", false), false)),
                    ImmutableList.of(
                        new Query("verbose", new RequestMatch.Value.Present()),
                        new Query("page", new RequestMatch.Value.Regex("[0-9]+")),
                        new Query("lang", new RequestMatch.Value.Exact("en", false)))),
                new ServiceRouter.Destination(
                    "user-admin",
                    "",
                    Optional.of("/"),
                    new Timeouts(
                        Optional.of(Duration.ofSeconds(30)), Optional.of(Duration.ofSeconds(5))),
                    new Retries(
                        OptionalInt.of(2),
                        ImmutableList.of("5xx", "reset", "connect-failure"),
                        ImmutableList.of(429)),
                    set("x-admin", "true"),
                    remove("server"))));
    assertThat(router.routes().get(1).match().path()).isEqualTo(new Path.Exact("/Status", true));
    assertThat(router.routes().get(1).destination().service()).isEqualTo("user");
    assertThat(router.routes().get(1).destination().subset()).isEqualTo("v2");
    assertThat(router.routes().get(1).destination().retries()).isEqualTo(Retries.NONE);
    assertThat(router.routes().get(1).destination().timeouts()).isEqualTo(Timeouts.NONE);
    assertThat(router.routes().get(2).match().path()).isEqualTo(new Path.Regex("/v[0-9]+/.*"));
    String open = "Routes: [{Destination: {Service: order}}, {Match: {HTTP: {Methods: [get]}}}]";
    ServiceRouter other = accepted(ServiceRouter.class, kv("service-router", "user", open));
    assertThat(other.routes().get(0).match().path()).isEqualTo(new Path.Prefix("/", false));
    assertThat(other.routes().get(1).match().methods()).containsExactly("GET");
  }

  @Test
  void apiGateway() throws IOException {
    assertThat(example(ApiGateway.class, "api-gateway", 0).listeners())
        .containsExactly(
            new ApiGateway.Listener("web", 8080, "*.shop.test", ApiGateway.Protocol.HTTP),
            new ApiGateway.Listener("internal", 8081, "", ApiGateway.Protocol.HTTP));
    String text =
        "Listeners: [{Name: a.b-c, Port: 1, Protocol: TCP}, {Name: d, Port: 2, Protocol: HTTP, Hostname: '*'}]";
    assertThat(accepted(ApiGateway.class, kv("api-gateway", "edge", text)).listeners())
        .containsExactly(
            new ApiGateway.Listener("a.b-c", 1, "", ApiGateway.Protocol.TCP),
            new ApiGateway.Listener("d", 2, "", ApiGateway.Protocol.HTTP));
  }

  @Test
  void httpRoute() throws IOException {
    HttpRoute shop = example(HttpRoute.class, "http-route", 0);
    assertThat(shop.parents()).isEmpty();
    assertThat(shop.hostnames()).containsExactly("shop.test");
    HttpRoute.Rule rule = Iterables.getOnlyElement(shop.rules());
    assertThat(rule.matches())
        .containsExactly(
            new RequestMatch(
                new Path.Prefix("/user/", false),
                ImmutableSet.of("GET"),
                ImmutableList.of(),
                ImmutableList.of()));
    assertThat(rule.prefixRewrite()).contains("/");
    assertThat(rule.backends())
        .extracting(HttpRoute.Backend::service, HttpRoute.Backend::weight)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("user", 90),
            org.assertj.core.api.Assertions.tuple("user-next", 10));

    HttpRoute order = example(HttpRoute.class, "http-route", 1);
    assertThat(order.parents()).containsExactly(new HttpRoute.Parent("edge", "web"));
    assertThat(order.hostnames()).containsExactly("order.shop.test", "*.order.shop.test");
    HttpRoute.Rule full = Iterables.getOnlyElement(order.rules());
    assertThat(full.matches())
        .containsExactly(
            new RequestMatch(
                new Path.Exact("/order/status", false),
                ImmutableSet.of(),
                ImmutableList.of(),
                ImmutableList.of()),
            new RequestMatch(
                new Path.Regex("/order/[0-9]+"),
                ImmutableSet.of(),
                ImmutableList.of(
                    new Header("x-version", new RequestMatch.Value.Exact("2", false), false),
                    new Header(
                        "accept", new RequestMatch.Value.Prefix("application/", false), false),
                    new Header("x-tenant", new RequestMatch.Value.Suffix(".test", false), false),
                    new Header("x-trace", new RequestMatch.Value.Regex("[0-9a-f]{8}"), false),
                    new Header("authorization", new RequestMatch.Value.Present(), false)),
                ImmutableList.of(
                    new Query("lang", new RequestMatch.Value.Exact("en", false)),
                    new Query("page", new RequestMatch.Value.Regex("[0-9]+")),
                    new Query("verbose", new RequestMatch.Value.Present()))));
    assertThat(full.requestHeaders())
        .isEqualTo(
            new HeaderModifier(
                ImmutableSortedMap.of("x-client", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"),
                ImmutableSortedMap.of("x-forwarded-by", "convoy"),
                ImmutableList.of("x-internal")));
    assertThat(full.responseHeaders()).isEqualTo(remove("server"));
    assertThat(full.retries())
        .isEqualTo(
            new Retries(
                OptionalInt.of(2),
                ImmutableList.of("5xx", "connect-failure"),
                ImmutableList.of(429)));
    assertThat(full.timeouts())
        .isEqualTo(
            new Timeouts(Optional.of(Duration.ofSeconds(5)), Optional.of(Duration.ofMinutes(1))));
    assertThat(full.backends())
        .containsExactly(
            new HttpRoute.Backend(
                "order",
                3,
                Optional.of("/"),
                set("x-split", "stable"),
                new HeaderModifier(
                    ImmutableSortedMap.of("x-split", "stable"),
                    ImmutableSortedMap.of(),
                    ImmutableList.of())),
            new HttpRoute.Backend(
                "order-next", 1, Optional.empty(), HeaderModifier.NONE, HeaderModifier.NONE));
  }

  @Test
  void httpRouteOfLittle() {
    String text =
        "{Hostnames: [Shop.Test, '*', shop.test], Rules: [{Services: [{Name: a, Weight: 0}]}]}";
    HttpRoute route = accepted(HttpRoute.class, kv("http-route", "shop", text));
    assertThat(route.hostnames()).isEmpty();
    HttpRoute.Rule rule = Iterables.getOnlyElement(route.rules());
    assertThat(Iterables.getOnlyElement(rule.matches()).path())
        .isEqualTo(new Path.Prefix("/", false));
    assertThat(Iterables.getOnlyElement(rule.backends()).weight()).isEqualTo(0);
    assertThat(
            accepted(HttpRoute.class, kv("http-route", "shop", "Hostnames: [A.b, a.B]"))
                .hostnames())
        .containsExactly("a.b");
  }

  @Test
  void clientTrafficPolicy() throws IOException {
    assertThat(example(ClientTrafficPolicy.class, "client-traffic-policy", 0))
        .isEqualTo(
            new ClientTrafficPolicy(
                new DocumentId("client-traffic-policy", "edge"),
                ImmutableList.of(new TargetRef.Gateway("edge", "")),
                new ClientTrafficPolicy.Settings(
                    Optional.of(new ClientIpDetection.Hops(1)),
                    new ClientTrafficPolicy.Path(
                        Optional.of(true),
                        Optional.of(true),
                        Optional.of(ClientTrafficPolicy.EscapedSlashes.UNESCAPE_AND_REDIRECT)),
                    new ClientTrafficPolicy.Headers(
                        Optional.of(60),
                        Optional.of(100),
                        Optional.of(ClientTrafficPolicy.Underscores.REJECT_REQUEST)),
                    new ClientTrafficPolicy.Timeouts(
                        Optional.of(Duration.ofSeconds(10)),
                        Optional.of(Duration.ofMinutes(1)),
                        Optional.of(Duration.ofMinutes(5)),
                        Optional.of(Duration.ofHours(1)),
                        Optional.of(Duration.ofHours(24))),
                    new ClientTrafficPolicy.Connections(
                        Optional.of(50_000L),
                        Optional.of(Duration.ofSeconds(1)),
                        Optional.of(100_000),
                        Optional.of(32)),
                    new ClientTrafficPolicy.Http1(
                        Optional.of(false),
                        Optional.of(false),
                        Optional.of(new ClientTrafficPolicy.Http10("shop.test"))),
                    new ClientTrafficPolicy.Http2(
                        Optional.of(100), Optional.of(65_536), Optional.of(1_048_576)),
                    new ClientTrafficPolicy.Drain(
                        Optional.of(Duration.ofSeconds(5)), Optional.of(Duration.ofSeconds(1))))));
    assertThat(example(ClientTrafficPolicy.class, "client-traffic-policy", 1).settings())
        .isEqualTo(
            detecting(
                new ClientIpDetection.Ranges(ImmutableList.of("10.0.0.0/8", "2001:db8::/32"))));
    ClientTrafficPolicy ofListener = example(ClientTrafficPolicy.class, "client-traffic-policy", 2);
    assertThat(ofListener.targets()).containsExactly(new TargetRef.Gateway("edge", "web"));
    assertThat(ofListener.settings())
        .isEqualTo(detecting(new ClientIpDetection.Header("x-real-ip", true)));
  }

  @Test
  void clientTrafficPolicyOfLittle() {
    assertThat(detection("{XForwardedFor: {TrustedCIDRs: [10.0.0.1, '::1']}}"))
        .contains(new ClientIpDetection.Ranges(ImmutableList.of("10.0.0.1/32", "::1/128")));
    assertThat(detection("{XForwardedFor: {NumTrustedHops: 0}}")).contains(ClientIpDetection.PEER);
    assertThat(detection("{CustomHeader: {Name: X-Real-IP}}"))
        .contains(new ClientIpDetection.Header("x-real-ip", false));
    assertThat(detection("{}")).isEmpty();
    String zero = "{TargetRefs: [{Kind: api-gateway, Name: a}], Timeouts: {StreamIdle: 0s}}";
    assertThat(
            accepted(ClientTrafficPolicy.class, kv("client-traffic-policy", "edge", zero))
                .settings()
                .timeouts()
                .streamIdle())
        .contains(Duration.ZERO);
  }

  private static Optional<ClientIpDetection> detection(String text) {
    String policy =
        "{TargetRefs: [{Kind: api-gateway, Name: a}], ClientIPDetection: %s}".formatted(text);
    return accepted(ClientTrafficPolicy.class, kv("client-traffic-policy", "edge", policy))
        .settings()
        .clientIpDetection();
  }

  /** The settings of a policy that says nothing else. */
  private static ClientTrafficPolicy.Settings detecting(ClientIpDetection detection) {
    return new ClientTrafficPolicy.Settings(
        Optional.of(detection),
        new ClientTrafficPolicy.Path(Optional.empty(), Optional.empty(), Optional.empty()),
        new ClientTrafficPolicy.Headers(Optional.empty(), Optional.empty(), Optional.empty()),
        new ClientTrafficPolicy.Timeouts(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        new ClientTrafficPolicy.Connections(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
        new ClientTrafficPolicy.Http1(Optional.empty(), Optional.empty(), Optional.empty()),
        new ClientTrafficPolicy.Http2(Optional.empty(), Optional.empty(), Optional.empty()),
        new ClientTrafficPolicy.Drain(Optional.empty(), Optional.empty()));
  }

  private static HeaderModifier set(String name, String value) {
    return new HeaderModifier(
        ImmutableSortedMap.of(), ImmutableSortedMap.of(name, value), ImmutableList.of());
  }

  private static HeaderModifier remove(String name) {
    return new HeaderModifier(
        ImmutableSortedMap.of(), ImmutableSortedMap.of(), ImmutableList.of(name));
  }

  private static <T extends Document> T example(Class<T> type, String kind, int index)
      throws IOException {
    String text = Files.readString(java.nio.file.Path.of("..", "docs", "examples", kind + ".yaml"));
    return accepted(type, DocumentParser.split(kind, text, 0, 0).get(index));
  }
}
