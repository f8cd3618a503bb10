package io.convoy.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.convoy.cli.demo.Report.Seen;
import io.convoy.cli.local.Wait;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** What the demo shows of policies. */
final class PolicySteps {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int CHANGES = 500;
  private static final int CHANGES_PER_SECOND = 100;
  private static final int ALLOWED = 5;
  private static final String ISSUER = "https://accounts.demo";

  private final Stage stage;
  private final Traffic traffic;
  private final String gateway;

  PolicySteps(Stage stage, Traffic traffic) {
    this.stage = stage;
    this.traffic = traffic;
    this.gateway = stage.gatewayUrl();
  }

  /** The traffic carries a token from here on. */
  Seen guardOrder() {
    var first = new SigningKey("key-1");
    var second = new SigningKey("key-2");
    carry(first);
    writeKeys(first.publicKey());
    stage
        .consul()
        .putKey(
            "convoy/security-policy/order-guard",
            """
            Kind: security-policy
            Name: order-guard
            TargetRefs: [{Kind: service, Name: order}]
            JWT: {Providers: [accounts], ClaimToHeaders: [{Claim: sub, Header: x-user}]}
            """);
    boolean guarded = Wait.until(LIMIT, () -> order("").status() == 401);
    Client.Answer welcome = order(token(first, "alice"));
    String user = welcome.json().path("headers").path("x-user").asText();

    long rotation = System.nanoTime();
    writeKeys(first.publicKey() + "," + second.publicKey());
    boolean both = Wait.until(LIMIT, () -> order(token(second, "alice")).ok());
    long millis = (System.nanoTime() - rotation) / 1_000_000;
    carry(second);
    writeKeys(second.publicKey());
    boolean gone = Wait.until(LIMIT, () -> order(token(first, "alice")).status() == 401);
    return new Seen(
        guarded && user.equals("alice") && both && gone,
        """
        without a token %d; with one of alice's %d, and order saw x-user: %s
        a second key: its tokens %s %d ms after it was written; the first key gone: its tokens %s\
        """
            .formatted(
                order("").status(),
                welcome.status(),
                user,
                both ? "pass" : "do not pass",
                millis,
                gone ? "401" : "still pass"));
  }

  private Client.Answer order(String token) {
    String url = gateway + "/order/hello";
    return token.isEmpty() ? Client.get(url) : Client.get(url, "authorization", "Bearer " + token);
  }

  private static String token(SigningKey key, String subject) {
    return key.token(ISSUER, subject, Duration.ofHours(1));
  }

  /** Returns when requests of the traffic that went out before have been answered. */
  private void carry(SigningKey key) {
    traffic.carry(token(key, "traffic"));
    int enough = traffic.count() + Traffic.PER_SECOND / 2;
    Wait.until(LIMIT, () -> traffic.count() >= enough);
  }

  private void writeKeys(String keys) {
    String set = Base64.getEncoder().encodeToString(("{\"keys\":[" + keys + "]}").getBytes(UTF_8));
    stage
        .consul()
        .putKey(
            "convoy/jwt-provider/accounts",
            """
            Kind: jwt-provider
            Name: accounts
            Issuer: %s
            JSONWebKeySet: {Local: {JWKS: %s}}
            """
                .formatted(ISSUER, set));
  }

  /** A limit of an hour, while a document that has nothing to do with it changes all the time. */
  Seen limitUser() {
    stage
        .consul()
        .putKey(
            "convoy/backend-traffic-policy/user-limit",
            """
            Kind: backend-traffic-policy
            Name: user-limit
            TargetRefs: [{Kind: service, Name: user}]
            RateLimit:
              Local:
                Rules:
                - Limit: {Requests: %d, Unit: Hour}
                  Selectors: [{Header: {Name: x-client, Value: demo}}]
            """
                .formatted(ALLOWED));
    boolean programmed = Wait.until(LIMIT, this::userLimitIsProgrammed);
    Map<Integer, Integer> answers = new TreeMap<>();
    for (int i = 0; i < 4 * ALLOWED; i++) {
      askUser(answers);
    }
    long start = System.nanoTime();
    for (int change = 0; change < CHANGES; change++) {
      writeUnrelated(change);
      if (change % (CHANGES_PER_SECOND / 10) == 0) {
        askUser(answers);
      }
      pauseUntil(start + (change + 1) * 1_000_000_000L / CHANGES_PER_SECOND);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    int passed = answers.getOrDefault(200, 0);
    int refused = answers.getOrDefault(429, 0);
    return new Seen(
        programmed && passed == ALLOWED && answers.size() == 2,
        "%d of %d requests passed, %d were answered with 429%nthe limit of order was written %d times in %.1f s"
            .formatted(passed, passed + refused, refused, CHANGES, seconds));
  }

  private boolean userLimitIsProgrammed() {
    JsonNode programmed =
        Client.get(stage.adminUrl() + "/policies/backend-traffic-policy/user-limit")
            .json()
            .path("programmed");
    return programmed.path("total").asInt() > 0
        && programmed.path("acked").asInt() == programmed.path("total").asInt();
  }

  private void askUser(Map<Integer, Integer> answers) {
    int status = Client.get(gateway + "/user/hello", "x-client", "demo").status();
    answers.merge(status, 1, Integer::sum);
  }

  private void writeUnrelated(int change) {
    stage
        .consul()
        .putKey(
            "convoy/backend-traffic-policy/order-limit",
            """
            Kind: backend-traffic-policy
            Name: order-limit
            TargetRefs: [{Kind: service, Name: order}]
            RateLimit: {Local: {Rules: [{Limit: {Requests: %d, Unit: Second}}]}}
            """
                .formatted(1_000_000 + change));
  }

  private static void pauseUntil(long nanoTime) {
    try {
      Thread.sleep(Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
