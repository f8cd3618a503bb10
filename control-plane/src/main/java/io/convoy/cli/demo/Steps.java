package io.convoy.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.cli.demo.Report.Seen;
import io.convoy.cli.local.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** What the demo shows, one step after the other. */
final class Steps {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration WATCH = Duration.ofSeconds(2);
  private static final long PROMPT_MILLIS = 1_000;
  private static final String SHOP = "convoy/http-route/shop";

  private final Stage stage;
  private final Report report;
  private final Traffic traffic;
  private final String gateway;
  private final PolicySteps policies;
  private final MeshSteps mesh;

  Steps(Stage stage, Report report, Traffic traffic) {
    this.stage = stage;
    this.report = report;
    this.traffic = traffic;
    this.gateway = stage.gatewayUrl();
    this.policies = new PolicySteps(stage, traffic);
    this.mesh = new MeshSteps(stage);
  }

  void run() {
    step(
        "Requests go to the services that are in Consul",
        "/user/… and /order/… reach both instances of each; anything else is 404",
        this::route);
    step(
        "An instance joins: user-3 registers itself in Consul",
        "its first request within 1 s",
        this::join);
    step(
        "An instance turns critical: order-2 fails its health check",
        "no request later than 1 s after Consul calls it critical; some again when it recovers",
        this::turnCritical);
    step(
        "An instance stops: user-3 takes its name off Consul and ends",
        "no request later than 1 s after; the others take its share",
        this::leave);
    step(
        "A route is added by a document in Consul's KV: /shop/ to user",
        "404 before, an answer of user after",
        () -> changeRoute("user"));
    step(
        "The document is changed: /shop/ to order",
        "an answer of order",
        () -> changeRoute("order"));
    step(
        "Traffic is split: 90 % of /shop/ to user, 10 % to order",
        "of 1,000 requests, about 900 (860 to 940) to user", this::split);
    step(
        "A broken document: the weight of a service is \"most\"",
        "its status says what is wrong; what was there before stays",
        this::breakDocument);
    step(
        "order is guarded by a security policy, and the key of its tokens is replaced",
        "401 without a token; with one 200, its subject in a header; no request of the traffic fails",
        policies::guardOrder);
    step(
        "user is limited to 5 requests an hour, while the limit of order changes 100 times a second",
        "exactly 5 pass, the others are answered with 429",
        policies::limitUser);
    step(
        "cart calls stock: two services whose instances have sidecars",
        "an answer of stock; its sidecar knows by the certificate who called",
        mesh::call);
    step(
        "An intention denies cart to call stock, then allows it again",
        "403 while it denies, else 200",
        mesh::intend);
    step(
        "Consul's certificate authority begins anew while cart calls stock 100 times a second",
        "another root, another certificate at the sidecar, no call fails",
        mesh::rotate);
    step(
        "Consul is killed",
        "the gateway goes on; Convoy says since when it has not heard of Consul",
        this::loseConsul);
    step(
        "Consul is started again, and user-3 with it",
        "its first request within 1 s of its registration",
        this::findConsul);
  }

  private void step(String title, String expected, java.util.function.Supplier<Seen> step) {
    report.step(traffic, title, expected, step);
  }

  private Seen route() {
    List<String> all = List.of("user-1", "user-2", "order-1", "order-2");
    boolean reached =
        Wait.until(LIMIT, () -> all.stream().allMatch(id -> traffic.first(id, 0).isPresent()));
    Client.Answer answer = Client.get(gateway + "/user/hello?a=b");
    int elsewhere = Client.get(gateway + "/elsewhere").status();
    return new Seen(
        reached && answer.path().equals("/hello?a=b") && elsewhere == 404,
        "%s\n/user/hello?a=b was answered by %s, which saw %s; /elsewhere: %d"
            .formatted(
                reached ? "all four have answered" : "not all have answered",
                answer.instance(),
                answer.path(),
                elsewhere));
  }

  private Seen join() {
    long registered = stage.startInstance("user-3");
    return firstRequest("user-3", registered);
  }

  private Seen firstRequest(String instance, long registered) {
    Wait.until(LIMIT, () -> traffic.first(instance, registered).isPresent());
    OptionalLong first = traffic.first(instance, registered);
    if (first.isEmpty()) {
      return new Seen(false, "no request within %d s".formatted(LIMIT.toSeconds()));
    }
    long took = first.getAsLong() - registered;
    return new Seen(took < PROMPT_MILLIS, "its first request after %d ms".formatted(took));
  }

  private Seen turnCritical() {
    stage.tellInstance("order-2", "/health/fail");
    if (!Wait.until(LIMIT, () -> isCritical("order-2"))) {
      return new Seen(false, "Consul did not call it critical");
    }
    Seen left = lastRequest("order-2", System.currentTimeMillis());
    stage.tellInstance("order-2", "/health/pass");
    if (!Wait.until(LIMIT, () -> !isCritical("order-2"))) {
      return new Seen(false, "%s; Consul did not call it passing again".formatted(left.text()));
    }
    long passing = System.currentTimeMillis();
    Seen back = firstRequest("order-2", passing);
    return new Seen(
        left.asExpected() && back.asExpected(),
        "%s\npassing again: %s".formatted(left.text(), back.text()));
  }

  private boolean isCritical(String instance) {
    return stage.consul().get("/v1/health/state/critical").contains("\"" + instance + "\"");
  }

  private Seen leave() {
    stage.stopInstance("user-3");
    Wait.until(LIMIT, () -> !isRegistered("user-3"));
    return lastRequest("user-3", System.currentTimeMillis());
  }

  private boolean isRegistered(String instance) {
    return stage.consul().get("/v1/agent/services").contains("\"" + instance + "\"");
  }

  private static void lookOn() {
    try {
      Thread.sleep(WATCH);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks on for two seconds after the time given. */
  private Seen lastRequest(String instance, long since) {
    lookOn();
    OptionalLong last = traffic.last(instance);
    if (last.isEmpty()) {
      return new Seen(false, "it never had a request");
    }
    long after = last.getAsLong() - since;
    return new Seen(
        after < PROMPT_MILLIS,
        (after <= 0 ? "no request after that" : "its last request %d ms after that")
            .formatted(after));
  }

  private Seen changeRoute(String service) {
    int before = Client.get(gateway + "/shop/x").status();
    String former = Client.get(gateway + "/shop/x").instance();
    long start = System.nanoTime();
    stage.consul().putKey(SHOP, shop("[{Name: %s}]".formatted(service)));
    return reached(
        start,
        "/shop/x (before: %s)".formatted(former.isEmpty() ? before : former),
        () -> Client.get(gateway + "/shop/x").instance().startsWith(service + "-"),
        "answered by " + service);
  }

  private static Seen reached(
      long startNanos, String what, BooleanSupplier condition, String then) {
    boolean ok = Wait.until(LIMIT, condition);
    long millis = (System.nanoTime() - startNanos) / 1_000_000;
    return ok
        ? new Seen(
            true, "%s is %s %d ms after the document was written".formatted(what, then, millis))
        : new Seen(false, "%s is not %s after %d s".formatted(what, then, LIMIT.toSeconds()));
  }

  private static String shop(String services) {
    return """
    Kind: http-route
    Name: shop
    Rules:
    - Matches: [{Path: {Match: prefix, Value: /shop/}}]
      Filters: {URLRewrite: {Path: /}}
      Services: %s
    """
        .formatted(services);
  }

  private Seen split() {
    long start = System.nanoTime();
    stage.consul().putKey(SHOP, shop("[{Name: user, Weight: 90}, {Name: order, Weight: 10}]"));
    Seen applied =
        reached(
            start,
            "/shop/x",
            () -> Client.get(gateway + "/shop/x").instance().startsWith("user-"),
            "answered by user");
    Map<String, Integer> counts = count(1_000);
    int user = counts.getOrDefault("user", 0);
    return new Seen(
        applied.asExpected()
            && user >= 860
            && user <= 940
            && user + counts.getOrDefault("order", 0) == 1_000,
        "%s\n%s".formatted(applied.text(), counts));
  }

  /** How many of the requests each service has answered. */
  private Map<String, Integer> count(int requests) {
    Map<String, Integer> counts = new TreeMap<>();
    Callable<String> request =
        () -> {
          Client.Answer answer = Client.get(gateway + "/shop/x");
          return answer.ok() ? answer.instance().replaceFirst("-.*", "") : "" + answer.status();
        };
    try (ExecutorService few = Executors.newFixedThreadPool(8)) {
      List<Callable<String>> all = java.util.Collections.nCopies(requests, request);
      for (Future<String> answer : few.invokeAll(all)) {
        counts.merge(answer.resultNow(), 1, Integer::sum);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return counts;
  }

  private Seen breakDocument() {
    long start = System.nanoTime();
    stage.consul().putKey(SHOP, shop("[{Name: user, Weight: most}]"));
    boolean refused = Wait.until(LIMIT, () -> !accepted().path("message").asText().isEmpty());
    long millis = (System.nanoTime() - start) / 1_000_000;
    Client.Answer answer = Client.get(gateway + "/shop/x");
    JsonNode condition = accepted();
    stage.consul().putKey(SHOP, shop("[{Name: user, Weight: 90}, {Name: order, Weight: 10}]"));
    return new Seen(
        refused && answer.ok(),
        "%s after %d ms: %s\n/shop/x: still %d, by %s"
            .formatted(
                refused ? "refused" : "not refused",
                millis,
                condition.path("message").asText("(no message)"),
                answer.status(),
                answer.instance()));
  }

  /** The document's condition {@code Accepted} where that is false; an empty node otherwise. */
  private JsonNode accepted() {
    Predicate<JsonNode> isFalse =
        condition ->
            condition.path("type").asText().equals("Accepted")
                && condition.path("status").asText().equalsIgnoreCase("false");
    JsonNode conditions =
        Client.get(stage.adminUrl() + "/policies/http-route/shop").json().path("conditions");
    for (JsonNode condition : conditions) {
      if (isFalse.test(condition)) {
        return condition;
      }
    }
    return Client.JSON.missingNode();
  }

  private Seen loseConsul() {
    stage.killConsul();
    int before = traffic.count();
    lookOn();
    JsonNode ready = Client.get(stage.adminUrl() + "/readyz").json();
    double staleSeconds = 0;
    for (JsonNode part : ready.path("parts")) {
      staleSeconds = Math.max(staleSeconds, part.path("staleSeconds").asDouble());
    }
    int requests = traffic.count() - before;
    return new Seen(
        requests > Traffic.PER_SECOND && staleSeconds > 0,
        "%,d requests in %d s without Consul\n/readyz: ready: %s, stale for %.1f s: %s"
            .formatted(
                requests,
                WATCH.toSeconds(),
                ready.path("ready").asText(),
                staleSeconds,
                ready.path("reason").asText().replaceFirst(";.*", "")));
  }

  private Seen findConsul() {
    stage.restartConsul();
    return firstRequest("user-3", stage.startInstance("user-3"));
  }
}
