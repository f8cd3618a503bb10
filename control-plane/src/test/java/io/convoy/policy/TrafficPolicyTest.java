package io.convoy.policy;

import static io.convoy.policy.Documents.accepted;
import static io.convoy.policy.Documents.kv;
import static io.convoy.policy.Documents.refused;
import static io.convoy.policy.Documents.warned;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.ActiveHealthCheck.Probe;
import io.convoy.policy.Compression.Algorithm;
import io.convoy.policy.ServiceResolver.HashPolicy;
import io.convoy.policy.ServiceResolver.LoadBalancer;
import io.convoy.policy.ServiceResolver.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fields of a backend-traffic-policy but for RateLimit. */
class TrafficPolicyTest {
  private static final String KIND = "backend-traffic-policy";
  private static final String TARGET = "TargetRefs: [{Kind: service, Name: user}]\n";

  @Test
  void whatActsOnInstances() throws IOException {
    assertThat(example("user-traffic").cluster())
        .isEqualTo(
            new ClusterSettings(
                new CircuitBreaker(
                    OptionalInt.of(100),
                    OptionalInt.of(50),
                    OptionalInt.of(200),
                    OptionalInt.of(10),
                    Optional.of(new CircuitBreaker.RetryBudget(12.5, 5)),
                    OptionalInt.of(10_000)),
                Optional.of(
                    new ActiveHealthCheck(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1),
                        Optional.of(Duration.ofMillis(100)),
                        2,
                        3,
                        new Probe.Http(
                            "/healthz?deep=1",
                            Optional.of("user.internal"),
                            "HEAD",
                            ImmutableList.of(200, 204)))),
                Optional.of(
                    new OutlierDetection(
                        OptionalInt.of(7),
                        OptionalInt.empty(),
                        OptionalInt.of(3),
                        OptionalInt.of(4),
                        Optional.of(true),
                        OptionalInt.of(60),
                        Optional.of(Duration.ofSeconds(5)),
                        Optional.of(Duration.ofSeconds(15)),
                        Optional.of(Duration.ofMinutes(2)),
                        OptionalInt.of(50),
                        Optional.of(true))),
                OptionalInt.of(25),
                Optional.of(Duration.ofMillis(300)),
                Optional.of(Duration.ofSeconds(90)),
                Optional.of(Duration.ofMinutes(30)),
                new LoadBalancing(
                    Optional.of(
                        new LoadBalancer(
                            new Policy.LeastRequest(OptionalInt.of(3)), ImmutableList.of())),
                    Optional.of(
                        new LoadBalancing.SlowStart(Duration.ofSeconds(30), OptionalInt.of(5))),
                    Optional.of(
                        new LoadBalancing.ZoneAware(OptionalInt.of(3), OptionalInt.of(80))))));
    assertThat(probe("order-traffic"))
        .isEqualTo(new Probe.Grpc("shop.Order", Optional.of("order.internal")));
    assertThat(probe("cache-traffic"))
        .isEqualTo(new Probe.Tcp(Optional.of("PING\r\n"), Optional.of("+PONG")));
    assertThat(example("order-traffic").cluster().loadBalancing().policy())
        .hasValue(
            new LoadBalancer(
                new Policy.Maglev(),
                ImmutableList.of(
                    new HashPolicy.Header("x-user-id", true), new HashPolicy.SourceIp(false))));
  }

  @Test
  void whatActsOnRequests() throws IOException {
    assertThat(example("user-traffic").route())
        .isEqualTo(
            new RouteSettings(
                new Timeouts(
                    Optional.of(Duration.ofSeconds(3)), Optional.of(Duration.ofMinutes(1))),
                Optional.of(Duration.ofHours(1)),
                Optional.of(
                    new RetryRules(
                        new Retries(
                            OptionalInt.of(3),
                            ImmutableList.of("5xx", "reset"),
                            ImmutableList.of(409)),
                        Optional.of(Duration.ofMillis(250)),
                        Optional.of(
                            new RetryRules.BackOff(Duration.ofMillis(50), Duration.ofSeconds(1))))),
                Optional.of(
                    new Compression(
                        ImmutableList.of(Algorithm.BROTLI, Algorithm.GZIP),
                        ImmutableList.of("application/json", "text/html"),
                        512)),
                Optional.of(new Mirror("user-next", "canary", 0.5)),
                Optional.of(
                    new FaultInjection(
                        Optional.of(new FaultInjection.Delay(Duration.ofSeconds(2), 0.1)),
                        Optional.of(new FaultInjection.Abort(false, 503, 0.01))))));
    assertThat(example("order-traffic").route().faultInjection().flatMap(FaultInjection::abort))
        .hasValue(new FaultInjection.Abort(true, 14, 5));
    assertThat(example("shop-downloads").route().compression())
        .hasValue(new Compression(ImmutableList.of(), ImmutableList.of(), 1024));
    assertThat(example("user-limit").route()).isEqualTo(RouteSettings.NONE);
    assertThat(example("user-limit").cluster()).isEqualTo(ClusterSettings.NONE);
  }

  @Test
  void whatIsLeftOutHasADefault() {
    BackendTrafficPolicy policy =
        read(
            """
            HealthCheck: {Active: {Interval: 7s, HTTP: {Path: /}}, Passive: {}}
            Retry: {PerRetry: {BackOff: {}}}
            Compression: {}
            Mirror: {Service: other}
            FaultInjection: {}
            """);
    assertThat(policy.cluster().activeHealthCheck())
        .hasValue(
            new ActiveHealthCheck(
                Duration.ofSeconds(1),
                Duration.ofSeconds(7),
                Duration.ofSeconds(7),
                Duration.ofSeconds(7),
                Optional.empty(),
                3,
                1,
                new Probe.Http("/", Optional.empty(), "GET", ImmutableList.of())));
    assertThat(policy.route())
        .isEqualTo(
            new RouteSettings(
                Timeouts.NONE,
                Optional.empty(),
                Optional.of(
                    new RetryRules(
                        new Retries(OptionalInt.of(2), ImmutableList.of(), ImmutableList.of()),
                        Optional.empty(),
                        Optional.of(
                            new RetryRules.BackOff(
                                Duration.ofMillis(25), Duration.ofMillis(250))))),
                Optional.of(
                    new Compression(
                        ImmutableList.of(Algorithm.ZSTD, Algorithm.BROTLI, Algorithm.GZIP),
                        ImmutableList.of(),
                        1024)),
                Optional.of(new Mirror("other", "", 100)),
                Optional.of(new FaultInjection(Optional.empty(), Optional.empty()))));
    assertThat(read("Retry: {Budget: {}}").route()).isEqualTo(RouteSettings.NONE);
    assertThat(read("Retry: {Budget: {}}").cluster().circuitBreaker().retryBudget())
        .hasValue(new CircuitBreaker.RetryBudget(20, 3));
  }

  /** The narrower document counts, field by field; what it leaves out is the wider one's. */
  @Test
  void whatIsSaidTwice() {
    BackendTrafficPolicy narrow =
        read(
            """
            CircuitBreaker: {MaxConnections: 1}
            Timeout: {HTTP: {RequestTimeout: 1s}}
            LoadBalancer: {Policy: random}
            Compression: {Disabled: true}
            """);
    BackendTrafficPolicy wide =
        read(
            """
            CircuitBreaker: {MaxConnections: 2, MaxPendingRequests: 2}
            Timeout: {HTTP: {RequestTimeout: 2s, StreamIdleTimeout: 2s}, TCP: {ConnectTimeout: 2s}}
            LoadBalancer: {Policy: maglev, HashPolicies: [{SourceIP: true}]}
            Compression: {}
            Mirror: {Service: other}
            """);
    assertThat(narrow.cluster().or(wide.cluster()))
        .isEqualTo(
            read("""
            CircuitBreaker: {MaxConnections: 1, MaxPendingRequests: 2}
            Timeout: {TCP: {ConnectTimeout: 2s}}
            LoadBalancer: {Policy: random}
            """)
                .cluster());
    assertThat(narrow.route().or(wide.route()))
        .isEqualTo(
            read("""
            Timeout: {HTTP: {RequestTimeout: 1s, StreamIdleTimeout: 2s}}
            Compression: {Disabled: true}
            Mirror: {Service: other}
            """)
                .route());
    for (String name : List.of("user-traffic", "order-traffic", "cache-traffic")) {
      BackendTrafficPolicy full = exampleUnchecked(name);
      assertThat(full.cluster().or(ClusterSettings.NONE)).isEqualTo(full.cluster());
      assertThat(ClusterSettings.NONE.or(full.cluster())).isEqualTo(full.cluster());
      assertThat(full.route().or(RouteSettings.NONE)).isEqualTo(full.route());
      assertThat(RouteSettings.NONE.or(full.route())).isEqualTo(full.route());
    }
  }

  @Test
  void warnsOfWhatActsOnInstancesWhereOneRouteIsMeant() {
    String words =
        ": has no effect on a listener, a route or a rule: attach it to a service or a whole"
            + " gateway";
    for (String target :
        List.of(
            "{Kind: http-route, Name: shop}",
            "{Kind: http-route, Name: shop, Rule: 0}",
            "{Kind: api-gateway, Name: edge, SectionName: web}")) {
      String targets = "TargetRefs: [{Kind: service, Name: user}, %s]\n".formatted(target);
      warned(
          kv(
              KIND,
              "p",
              targets
                  + """
                  CircuitBreaker: {MaxConnections: 1}
                  HealthCheck: {PanicThreshold: 5}
                  Retry: {NumRetries: 1, Budget: {}}
                  Timeout: {TCP: {ConnectTimeout: 1s}, HTTP: {ConnectionIdleTimeout: 1s, MaxConnectionDuration: 1s}}
                  LoadBalancer: {Policy: random}
                  Compression: {}
                  """),
          "convoy/backend-traffic-policy/p:2: CircuitBreaker" + words,
          "convoy/backend-traffic-policy/p:3: HealthCheck" + words,
          "convoy/backend-traffic-policy/p:4: Retry.Budget" + words,
          "convoy/backend-traffic-policy/p:5: Timeout.TCP.ConnectTimeout" + words,
          "convoy/backend-traffic-policy/p:5: Timeout.HTTP.ConnectionIdleTimeout" + words,
          "convoy/backend-traffic-policy/p:5: Timeout.HTTP.MaxConnectionDuration" + words,
          "convoy/backend-traffic-policy/p:6: LoadBalancer" + words);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CircuitBreaker: {MaxConnections: -1}|MaxConnections: had -1, expected a whole number from 0",
        "HealthCheck: {PanicThreshold: 101}|HealthCheck.PanicThreshold: had 101, expected a whole number from 0 to 100",
        "HealthCheck: {Active: {}}|HealthCheck.Active: had 0 of them, expected exactly one of HTTP, TCP, GRPC",
        "HealthCheck: {Active: {TCP: {}, GRPC: {}}}|HealthCheck.Active: had 2 of them",
        "HealthCheck: {Active: {HTTP: {}}}|HTTP.Path: had \"\", expected a path that starts with /",
        "HealthCheck: {Active: {HTTP: {Path: /, Method: CONNECT}}}|HTTP.Method: had \"CONNECT\", expected another",
        "HealthCheck: {Active: {HTTP: {Path: /, Method: GOT}}}|HTTP.Method: had \"GOT\", expected one of GET",
        "HealthCheck: {Active: {HTTP: {Path: /, Hostname: \"a\\nb\"}}}|HTTP.Hostname: had \"a\\u000ab\"",
        "HealthCheck: {Active: {HTTP: {Path: /, ExpectedStatuses: [99]}}}|ExpectedStatuses[0]: had 99, expected a whole number from 100 to 599",
        "HealthCheck: {Active: {GRPC: {Authority: \"a\\nb\"}}}|GRPC.Authority: had \"a\\u000ab\"",
        "HealthCheck: {Active: {Interval: 1us, TCP: {}}}|Active.Interval: had 0.000001s, expected a duration of 1ms or more",
        "HealthCheck: {Active: {Timeout: 0s, TCP: {}}}|Active.Timeout: had 0s",
        "HealthCheck: {Active: {NoTrafficInterval: 0s, TCP: {}}}|Active.NoTrafficInterval: had 0s",
        "HealthCheck: {Active: {UnhealthyInterval: 0s, TCP: {}}}|Active.UnhealthyInterval: had 0s",
        "HealthCheck: {Active: {InitialJitter: 0s, TCP: {}}}|Active.InitialJitter: had 0s",
        "HealthCheck: {Active: {UnhealthyThreshold: 0, TCP: {}}}|UnhealthyThreshold: had 0, expected a whole number from 1",
        "HealthCheck: {Active: {HealthyThreshold: 0, TCP: {}}}|HealthyThreshold: had 0, expected a whole number from 1",
        "HealthCheck: {Passive: {ConsecutiveLocalOriginFailures: 3}}|ConsecutiveLocalOriginFailures: had 3, expected it with Split",
        "HealthCheck: {Passive: {ConsecutiveLocalOriginFailures: 0, SplitExternalLocalOriginErrors: true}}|had 0, expected a whole number from 1",
        "HealthCheck: {Passive: {FailurePercentageThreshold: 101}}|FailurePercentageThreshold: had 101",
        "HealthCheck: {Passive: {MaxEjectionPercent: 101}}|MaxEjectionPercent: had 101",
        "HealthCheck: {Passive: {Interval: 0s}}|Passive.Interval: had 0s",
        "HealthCheck: {Passive: {BaseEjectionTime: 0s}}|Passive.BaseEjectionTime: had 0s",
        "HealthCheck: {Passive: {MaxEjectionTime: 29s}}|MaxEjectionTime: had 29s, expected at least BaseEjectionTime",
        "Retry: {RetryOn: {Triggers: [5xy]}}|Retry.RetryOn.Triggers[0]: had \"5xy\", expected one of 5xx",
        "Retry: {RetryOn: {HTTPStatusCodes: [600]}}|Retry.RetryOn.HTTPStatusCodes[0]: had 600",
        "Retry: {PerRetry: {Timeout: 0s}}|Retry.PerRetry.Timeout: had 0s",
        "Retry: {PerRetry: {BackOff: {BaseInterval: 1us}}}|BackOff.BaseInterval: had 0.000001s",
        "Retry: {PerRetry: {BackOff: {MaxInterval: 24ms}}}|BackOff.MaxInterval: had 0.024s, expected at least BaseInterval, 0.025s",
        "Retry: {Budget: {Percent: 100.5}}|Retry.Budget.Percent: had 100.5, expected a number from 0 to 100",
        "Timeout: {TCP: {ConnectTimeout: 0s}}|Timeout.TCP.ConnectTimeout: had 0s",
        "Compression: {Algorithms: [deflate]}|Compression.Algorithms[0]: had \"deflate\", expected one of zstd, brotli, gzip",
        "Compression: {Algorithms: [gzip, gzip]}|Compression.Algorithms[1]: had \"gzip\", expected every algorithm once",
        "Compression: {ContentTypes: [json]}|Compression.ContentTypes[0]: had \"json\", expected a content type",
        "Compression: {ContentTypes: ['text/html; a']}|ContentTypes[0]: had \"html; a\", expected a content type",
        "Compression: {MinContentLength: 0}|Compression.MinContentLength: had 0, expected a whole number from 1",
        "Compression: {Disabled: true, Algorithms: [gzip]}|Compression: had both Disabled and other fields",
        "Mirror: {}|Mirror.Service: had \"\", expected 1 to 253 characters",
        "Mirror: {Service: a, Percentage: -1}|Mirror.Percentage: had -1.0, expected a number from 0 to 100",
        "LoadBalancer: {Policy: rr}|LoadBalancer.Policy: had \"rr\", expected one of round_robin",
        "LoadBalancer: {Policy: random, SlowStart: {Window: 1s}}|LoadBalancer.SlowStart: had a value with the policy \"random\"",
        "LoadBalancer: {Policy: maglev, ZoneAware: {}}|LoadBalancer.ZoneAware: had a value with the policy \"maglev\"",
        "LoadBalancer: {SlowStart: {}}|LoadBalancer.SlowStart.Window: had nothing, expected a duration",
        "LoadBalancer: {SlowStart: {Window: 1s, MinWeightPercent: 101}}|MinWeightPercent: had 101",
        "LoadBalancer: {ZoneAware: {Percentage: 101}}|ZoneAware.Percentage: had 101",
        "FaultInjection: {Delay: {}}|FaultInjection.Delay.FixedDelay: had nothing, expected a duration",
        "FaultInjection: {Delay: {FixedDelay: 0s}}|FaultInjection.Delay.FixedDelay: had 0s",
        "FaultInjection: {Delay: {FixedDelay: 1s, Percentage: 101}}|FaultInjection.Delay.Percentage: had 101.0",
        "FaultInjection: {Abort: {}}|FaultInjection.Abort: had neither of them, expected exactly one of HTTPStatus, GRPCStatus",
        "FaultInjection: {Abort: {HTTPStatus: 500, GRPCStatus: 1}}|FaultInjection.Abort: had both of them",
        "FaultInjection: {Abort: {HTTPStatus: 199}}|FaultInjection.Abort.HTTPStatus: had 199, expected a whole number from 200 to 599",
        "FaultInjection: {Abort: {GRPCStatus: 17}}|FaultInjection.Abort.GRPCStatus: had 17, expected a whole number from 0 to 16",
        "FaultInjection: {Abort: {GRPCStatus: 1, Percentage: 101}}|FaultInjection.Abort.Percentage: had 101.0",
      })
  void refuses(String text, String expected) {
    assertThat(refused(kv(KIND, "p", TARGET + text))).contains(expected);
  }

  @Test
  void thereIsOneProxyDefaults() {
    assertThat(refused(kv("proxy-defaults", "other", "{}")))
        .contains("Name: had \"other\", expected \"global\"");
    assertThat(refused(kv("proxy-defaults", "global", "Config: {protocol: htp}")))
        .contains("Config.protocol: had \"htp\", expected one of http");
  }

  private static BackendTrafficPolicy read(String text) {
    return accepted(BackendTrafficPolicy.class, kv(KIND, "p", TARGET + text));
  }

  private static Probe probe(String name) throws IOException {
    return example(name).cluster().activeHealthCheck().orElseThrow().probe();
  }

  private static BackendTrafficPolicy exampleUnchecked(String name) {
    try {
      return example(name);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static BackendTrafficPolicy example(String name) throws IOException {
    String text = Files.readString(Path.of("..", "docs", "examples", KIND + ".yaml"));
    return DocumentParser.split(KIND, text, 0, 0).stream()
        .filter(raw -> raw.id().name().equals(name))
        .map(raw -> accepted(BackendTrafficPolicy.class, raw))
        .findFirst()
        .orElseThrow();
  }
}
