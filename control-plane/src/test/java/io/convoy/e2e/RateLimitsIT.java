package io.convoy.e2e;

import static io.convoy.e2e.PolicyStage.statuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.Http;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Limits that documents set, counted to the request; those of a day refill nothing meanwhile. */
class RateLimitsIT {

  @Test
  void limitsCountPerPolicyPerTargetAndPerValue() {
    try (var stage = new PolicyStage(Duration.ZERO)) {
      stage.put(
          "backend-traffic-policy/both",
          """
          TargetRefs: [{Kind: service, Name: user}, {Kind: service, Name: order}]
          RateLimit: {Local: {Rules: [{Limit: {Requests: 3, Unit: Day}}], Body: "enough"}}
          """);
      stage.limit(
          "of-order",
          "order",
          "{Limit: {Requests: 1, Unit: Day}, Selectors: [{Header: {Name: x-user-id, Distinct: true}}]}");
      for (Gateway gateway : stage.gateways()) {
        assertThat(statuses(gateway, 4, "/user/")).isEqualTo("200 200 200 429");
        assertThat(statuses(gateway, 2, "/order/", "x-user-id", "a")).isEqualTo("200 429");
        assertThat(statuses(gateway, 1, "/order/", "x-user-id", "b")).isEqualTo("200");
        Http.Response refused = gateway.get("/user/");
        assertThat(refused.body()).isEqualTo("enough");
        assertThat(refused.header("x-ratelimit-limit")).isEqualTo("3");
        assertThat(refused.header("x-ratelimit-remaining")).isEqualTo("0");
        assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(28_000L, 28_800L);
        assertThat(refused.headers().map().keySet()).noneMatch(name -> name.startsWith("x-convoy"));
      }
    }
  }

  @Test
  void aBucketRefillsAtItsRate() {
    try (var stage = new PolicyStage(Duration.ZERO)) {
      stage.limit("slow", "user", "{Limit: {Requests: 60, Unit: Minute, Burst: 4}}");
      String first = statuses(stage.delta, 4, "/user/");
      assertThat(first).isEqualTo("200 200 200 200");
      long start = System.nanoTime();
      int passed = 0;
      while (passed < 3) {
        passed += stage.delta.get("/user/").status() == 200 ? 1 : 0;
      }
      assertThat(System.nanoTime() - start).as("one a second").isGreaterThan(1_900_000_000L);
    }
  }

  @Test
  void threeHundredPoliciesAtOnce() {
    int many = 300;
    try (var stage = new PolicyStage(Duration.ZERO)) {
      stage.put(
          "http-route/many",
          "Rules:\n"
              + IntStream.range(0, many)
                  .mapToObj(i ->
                      "- {Matches: [{Path: {Match: prefix, Value: /%d/}}], Services: [{Name: user}]}"
                          .formatted(i))
                  .collect(Collectors.joining("\n")));
      for (int i = 0; i < many; i++) {
        stage.consul.putKey(
            "convoy/backend-traffic-policy/limit-" + i,
            """
            TargetRefs: [{Kind: http-route, Name: many, Rule: %d}]
            RateLimit: {Local: {Rules: [{Limit: {Requests: %d, Unit: Day}}]}}
            Meta: {mark: last-%d}
            """
                .formatted(i, 1 + i % 3, i));
      }
      // More than are prepared: the listener grows. Connections that were there before stay on the
      // one before, which knows none of the new slots, for as long as it drains.
      for (int i = 0; i < many; i++) {
        stage.awaitProgrammed("backend-traffic-policy/limit-" + i, "last-" + i);
      }
      for (int i = 0; i < many; i++) {
        String expected = "200 ".repeat(1 + i % 3) + "429";
        assertThat(stage.delta.freshStatuses(2 + i % 3, "/" + i + "/"))
            .as("%d", i)
            .isEqualTo(expected);
      }
      for (int i = 0; i < many; i += 37) {
        String expected = "200 ".repeat(1 + i % 3) + "429";
        assertThat(stage.sotw.freshStatuses(2 + i % 3, "/" + i + "/"))
            .as("%d", i)
            .isEqualTo(expected);
      }
    }
  }

  /** What is rewritten all the time admits no more than the pace lets it. */
  @Test
  void constantRewritingIsBounded() {
    try (var stage = new PolicyStage(Duration.ofSeconds(1))) {
      Churn churn = churn(stage);
      assertThat(churn.admitted())
          .isLessThanOrEqualTo(churn.burst() * (2 + (int) Math.ceil(churn.seconds())));
    }
  }

  /** The other test can fail: without the pace it is far more. */
  @Test
  void withoutAPaceItIsNot() {
    try (var stage = new PolicyStage(Duration.ZERO)) {
      Churn churn = churn(stage);
      assertThat(churn.admitted())
          .isGreaterThan(churn.burst() * (2 + (int) Math.ceil(churn.seconds())));
    }
  }

  private record Churn(int admitted, int burst, double seconds) {}

  /** Rewrites, deletes and writes a limit again and again, and asks in between. */
  private static Churn churn(PolicyStage stage) {
    int burst = 5;
    String id = "backend-traffic-policy/churned";
    stage.limit("churned", "user", "{Limit: {Requests: 1, Unit: Day, Burst: %d}}".formatted(burst));
    long start = System.nanoTime();
    int admitted = 0;
    for (int i = 0; i < 100; i++) {
      if (i % 5 == 0) {
        stage.consul.deleteKey("convoy/" + id);
      }
      stage.consul.putKey(
          "convoy/" + id,
          """
          TargetRefs: [{Kind: service, Name: user}]
          RateLimit: {Local: {Rules: [{Limit: {Requests: %d, Unit: Day, Burst: %d}}]}}
          Meta: {mark: churn-%d}
          """
              .formatted(1 + i % 2, burst, i));
      for (int request = 0; request < 10; request++) {
        admitted += stage.delta.get("/user/").status() == 200 ? 1 : 0;
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    stage.awaitProgrammed(id, "churn-99");
    for (int request = 0; request < 10; request++) {
      admitted += stage.delta.get("/user/").status() == 200 ? 1 : 0;
    }
    Await.until("the last is drained", () -> stage.delta.get("/user/").status() == 429);
    return new Churn(admitted, burst, seconds);
  }
}
