package io.convoy.translation.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.DocumentParser;
import io.convoy.translation.ResourceJson;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Limits as a real Envoy counts them: limits of a day refill nothing while a test runs. */
class LocalRateLimitsIT {
  private static final ImmutableMap<String, String> ISSUERS =
      ImmutableMap.of("okta", "https://okta.test");

  /** An Envoy that answers every request itself, behind the limits. */
  private static final class Limited implements AutoCloseable {
    private final int port = FreePorts.next();
    private final EnvoyFixture envoy;

    /** {@code limits}: the field Local, in YAML's flow style. */
    Limited(String limits) {
      String text =
          """
          Kind: backend-traffic-policy
          Name: user-limit
          TargetRefs: [{Kind: service, Name: user}]
          RateLimit: {Local: %s}
          """
              .formatted(limits);
      var parsed = DocumentParser.parseAll("a.yaml", text).getFirst();
      assertThat(parsed.problem()).isEmpty();
      var policy = (BackendTrafficPolicy) parsed.document().orElseThrow();
      envoy =
          EnvoyFixture.start(
              bootstrap(
                  port,
                  LocalRateLimits.filter(
                      policy.id(), policy.rateLimit().orElseThrow().local(), ISSUERS)));
      Await.until("Envoy is ready", envoy::isReady);
    }

    Http.Response get(String... headers) {
      return Http.get("http://127.0.0.1:" + port + "/user/1?q=1", headers);
    }

    /** The statuses of so many requests. */
    String statuses(int requests, String... headers) {
      return IntStream.range(0, requests)
          .mapToObj(i -> Integer.toString(get(headers).status()))
          .collect(Collectors.joining(" "));
    }

    long counted(String what) {
      return envoy.stat("backend-traffic-policy/user-limit.http_local_rate_limit." + what);
    }

    @Override
    public void close() {
      envoy.close();
    }
  }

  /** {@code x-payload} stands for the payload of a token that was verified. */
  private static String bootstrap(int port, Message filter) {
    return """
    admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
    static_resources:
      listeners:
      - name: limited
        address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        filter_chains:
        - filters:
          - name: http
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: limited
              use_remote_address: true
              xff_num_trusted_hops: 1
              local_reply_config: %s
              route_config:
                virtual_hosts:
                - name: all
                  domains: ["*"]
                  routes:
                  - match: {prefix: /}
                    direct_response: {status: 200}
              http_filters:
              - name: mutations
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                  mutations: {response_mutations: [%s]}
              - name: payload
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.header_to_metadata.v3.Config
                  request_rules:
                  - header: x-payload
                    on_header_present:
                      {metadata_namespace: envoy.filters.http.jwt_authn, key: jwt, type: PROTOBUF_VALUE, encode: BASE64}
              - name: limits
                typed_config: %s
              - name: router
                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
    """
        .formatted(
            port,
            ResourceJson.print(LocalReplies.CONFIG).replace('\n', ' '),
            LocalReplies.responseMutations().stream()
                .map(mutation -> ResourceJson.print(mutation).replace('\n', ' '))
                .collect(Collectors.joining(", ")),
            ResourceJson.print(Any.pack(filter)).replace('\n', ' '));
  }

  private static String payload(String json) throws Exception {
    var struct = Struct.newBuilder();
    JsonFormat.parser().merge(json, struct);
    return Base64.getEncoder()
        .encodeToString(Value.newBuilder().setStructValue(struct).build().toByteArray());
  }

  @Test
  void everyRuleThatMatchesHasToLetARequestPass() {
    try (var limited =
        new Limited(
            """
            {Rules: [{Limit: {Requests: 5, Unit: Day}},
                     {Limit: {Requests: 2, Unit: Day}, Selectors: [{Header: {Name: x-user-id, Distinct: true}}]}]}\
            """)) {
      assertThat(limited.statuses(3, "x-user-id", "a")).isEqualTo("200 200 429");
      assertThat(limited.statuses(3, "x-user-id", "b")).isEqualTo("200 200 429");
      // What the second rule refused has taken nothing from the first.
      assertThat(limited.statuses(2)).isEqualTo("200 429");
      assertThat(limited.statuses(1, "x-user-id", "c")).isEqualTo("429");
      assertThat(limited.counted("enabled")).isEqualTo(9);
      assertThat(limited.counted("ok")).isEqualTo(5);
      assertThat(limited.counted("enforced")).isEqualTo(4);
    }
  }

  @Test
  void headersSayWhatIsLeft() {
    try (var limited =
        new Limited("{Rules: [{Limit: {Requests: 5, Unit: Hour, Burst: 2}}], Status: 429}")) {
      Http.Response passed = limited.get();
      assertThat(passed.header("x-ratelimit-limit")).isEqualTo("2");
      assertThat(passed.header("x-ratelimit-remaining")).isEqualTo("1");
      assertThat(passed.headers().map()).doesNotContainKey("retry-after");
      limited.get();
      Http.Response refused = limited.get();
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.body()).isEqualTo("local_rate_limited");
      assertThat(refused.header("content-type")).isEqualTo("text/plain");
      assertThat(refused.header("x-ratelimit-remaining")).isEqualTo("0");
      // One of five comes back every 720 seconds, not all of them at the end of the hour.
      assertThat(Long.parseLong(refused.header("x-ratelimit-reset"))).isBetween(660L, 720L);
      assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(660L, 720L);
    }
  }

  @Test
  void aBucketFillsEvenly() {
    try (var limited = new Limited("{Rules: [{Limit: {Requests: 600, Unit: Minute, Burst: 3}}]}")) {
      long start = System.nanoTime();
      int passed = 0;
      var refused = new ArrayList<Integer>();
      while (passed < 13) {
        int status = limited.get().status();
        if (status == 200) {
          passed++;
        } else {
          refused.add(status);
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      // Three at once and ten more, of which one comes every 100 ms: no lump, however slow we are.
      assertThat(passed - 3).isLessThanOrEqualTo((int) (seconds * 10) + 1);
      assertThat(refused).isNotEmpty().containsOnly(429);
    }
  }

  @Test
  void aRefusalHasTheStatusAndTheTextOfItsPolicy() {
    try (var limited =
        new Limited(
            """
            {Rules: [{Limit: {Requests: 1, Unit: Day}}], Status: 503, ResponseHeaders: false,
             Body: '{"error": "100% zu schnell für uns"}', ContentType: application/json}\
            """)) {
      assertThat(limited.get().headers().map().keySet()).noneMatch(name -> name.contains("limit"));
      Http.Response refused = limited.get();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.body()).isEqualTo("{\"error\": \"100% zu schnell für uns\"}");
      assertThat(refused.header("content-type")).isEqualTo("application/json");
      assertThat(refused.headers().map().keySet())
          .noneMatch(name -> name.startsWith("x-convoy") || name.startsWith("x-ratelimit"));
      Http.Response grpc = limited.get("content-type", "application/grpc");
      assertThat(grpc.header("content-type")).isEqualTo("application/grpc");
      assertThat(grpc.header("grpc-status")).as("RESOURCE_EXHAUSTED").isEqualTo("8");
    }
    try (var limited =
        new Limited("{Rules: [{Limit: {Requests: 1, Unit: Day}}], Body: slow down}")) {
      limited.get();
      Http.Response refused = limited.get();
      assertThat(refused.body()).isEqualTo("slow down");
      assertThat(refused.header("content-type")).isEqualTo("text/plain");
    }
  }

  @Test
  void aShadowCountsAndRefusesNothing() {
    try (var limited =
        new Limited(
            """
            {Rules: [{Limit: {Requests: 1, Unit: Day}, Shadow: true},
                     {Limit: {Requests: 1, Unit: Day}, Shadow: true, Selectors: [{Header: {Name: x-user-id, Distinct: true}}]}]}\
            """)) {
      assertThat(limited.statuses(4, "x-user-id", "a")).isEqualTo("200 200 200 200");
      assertThat(limited.counted("shadow_mode")).isPositive();
      assertThat(limited.counted("enforced")).isZero();
      assertThat(limited.get().headers().map()).doesNotContainKey("x-ratelimit-limit");
    }
  }

  @Test
  void selectorsOfARuleMustAllMatch() {
    try (var limited =
        new Limited(
            """
            {Rules: [{Limit: {Requests: 1, Unit: Day}, Selectors: [
               {Path: {Match: exact, Value: /user/1}}, {Method: GET}, {Header: {Name: x-plan, Match: prefix, Value: fr}},
               {JWTProvider: okta}]}]}\
            """)) {
      String issuer = "https://okta.test";
      assertThat(limited.statuses(2, "x-plan", "free")).isEqualTo("200 200");
      assertThat(limited.statuses(2, "x-convoy-jwt-iss", issuer)).isEqualTo("200 200");
      assertThat(limited.statuses(2, "x-convoy-jwt-iss", issuer + "/", "x-plan", "free"))
          .isEqualTo("200 200");
      String url = "http://127.0.0.1:" + limited.port;
      for (int i = 0; i < 2; i++) {
        assertThat(
                Http.get(url + "/user/11", "x-convoy-jwt-iss", issuer, "x-plan", "free").status())
            .isEqualTo(200);
        assertThat(
                Http.post(url + "/user/1", "x", "x-convoy-jwt-iss", issuer, "x-plan", "free")
                    .status())
            .isEqualTo(200);
      }
      assertThat(limited.statuses(2, "x-convoy-jwt-iss", issuer, "x-plan", "free"))
          .isEqualTo("200 429");
    }
  }

  @Test
  void aRuleOfAnUnknownProviderMatchesNothing() {
    try (var limited =
        new Limited(
            "{Rules: [{Limit: {Requests: 1, Unit: Day}, Selectors: [{JWTProvider: other}]}]}")) {
      assertThat(limited.statuses(2, "x-convoy-jwt-iss", "")).isEqualTo("200 200");
    }
  }

  @Test
  void addressesCountByRangeAndByThemselves() {
    try (var limited =
        new Limited(
            """
            {Rules: [{Limit: {Requests: 3, Unit: Day}, Selectors: [{ClientAddress: {CIDR: 10.16.0.0/12}}]},
                     {Limit: {Requests: 2, Unit: Day}, Selectors: [{ClientAddress: {CIDR: "2001:db8::/32", Distinct: true}}]},
                     {Limit: {Requests: 2, Unit: Day}, Selectors: [{ClientAddress: {CIDR: 0.0.0.0/0, Distinct: true}}]}]}\
            """)) {
      assertThat(limited.statuses(3, "x-forwarded-for", "10.16.0.1")).isEqualTo("200 200 429");
      assertThat(limited.statuses(2, "x-forwarded-for", "10.31.0.1")).isEqualTo("200 429");
      assertThat(limited.statuses(3, "x-forwarded-for", "10.32.0.1")).isEqualTo("200 200 429");
      assertThat(limited.statuses(3, "x-forwarded-for", "2001:db8::1")).isEqualTo("200 200 429");
      assertThat(limited.statuses(3, "x-forwarded-for", "2001:db8::2")).isEqualTo("200 200 429");
      assertThat(limited.statuses(3, "x-forwarded-for", "2001:db9::2")).isEqualTo("200 200 200");
    }
  }

  @Test
  void claimsOfEveryTypeCount() throws Exception {
    String name = "https://plan.test/\"a\\b\"";
    try (var limited =
        new Limited(
            """
            {Rules: [{Limit: {Requests: 2, Unit: Day}, Selectors: [{JWTClaim: {Name: sub, Distinct: true}}]},
                     {Limit: {Requests: 1, Unit: Day}, Selectors: [{JWTClaim: {Path: [org, id], Value: "7"}}]},
                     {Limit: {Requests: 1, Unit: Day}, Selectors: [{JWTClaim: {Name: trial}}, {JWTClaim: {Path: [org, id], Distinct: true}}]},
                     {Limit: {Requests: 1, Unit: Day}, Selectors: [{JWTClaim: {Name: '%s', Value: "true"}}]}]}\
            """
                .formatted(name))) {
      assertThat(limited.statuses(3)).isEqualTo("200 200 200");
      assertThat(limited.statuses(3, "x-payload", payload("{\"sub\": \"a\"}")))
          .isEqualTo("200 200 429");
      assertThat(limited.statuses(3, "x-payload", payload("{\"sub\": 12345678901}")))
          .isEqualTo("200 200 429");
      assertThat(limited.statuses(3, "x-payload", payload("{\"sub\": true}")))
          .isEqualTo("200 200 429");
      assertThat(limited.statuses(2, "x-payload", payload("{\"org\": {\"id\": 7}}")))
          .isEqualTo("200 429");
      assertThat(limited.statuses(1, "x-payload", payload("{\"org\": {\"id\": \"7\"}}")))
          .isEqualTo("429");
      assertThat(limited.statuses(2, "x-payload", payload("{\"org\": {\"id\": 8}}")))
          .isEqualTo("200 200");
      assertThat(limited.statuses(2, "x-payload", payload("{\"org\": {\"id\": 8}, \"trial\": 0}")))
          .isEqualTo("200 429");
      assertThat(limited.statuses(2, "x-payload", payload("{\"org\": {\"id\": 9}, \"trial\": 0}")))
          .isEqualTo("200 429");
      assertThat(
              limited.statuses(
                  2, "x-payload", payload("{\"https://plan.test/\\\"a\\\\b\\\"\": true}")))
          .isEqualTo("200 429");
    }
  }

  @Test
  void valuesBeyondTheBoundStartAnew() {
    try (var limited =
        new Limited(
            """
            {MaxDistinct: 3,
             Rules: [{Limit: {Requests: 1, Unit: Day}, Selectors: [{Header: {Name: x-user-id, Distinct: true}}]}]}\
            """)) {
      for (String user : List.of("a", "b", "c")) {
        assertThat(limited.statuses(2, "x-user-id", user)).as(user).isEqualTo("200 429");
      }
      for (String user : List.of("c", "b", "a")) {
        assertThat(limited.statuses(1, "x-user-id", user)).as(user).isEqualTo("429");
      }
      assertThat(limited.statuses(1, "x-user-id", "d")).isEqualTo("200");
      // The longest unseen is c.
      assertThat(limited.statuses(1, "x-user-id", "a")).isEqualTo("429");
      assertThat(limited.statuses(1, "x-user-id", "c")).isEqualTo("200");
    }
  }

  @Test
  void thousandsOfValuesCountByThemselves() {
    try (var limited =
        new Limited(
            "{Rules: [{Limit: {Requests: 1, Unit: Day}, Selectors: [{Header: {Name: x-user-id, Distinct: true}}]}]}")) {
      for (int i = 0; i < 2_000; i++) {
        assertThat(limited.get("x-user-id", "user-" + i).status()).isEqualTo(200);
      }
      assertThat(limited.get("x-user-id", "user-0").status()).isEqualTo(429);
    }
  }
}
