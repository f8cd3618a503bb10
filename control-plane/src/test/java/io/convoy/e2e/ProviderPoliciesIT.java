package io.convoy.e2e;

import static io.convoy.e2e.PolicyStage.statuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Http;
import io.convoy.fixture.SigningKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * 10 services, 30 JWT providers, and for each pair a limit in a document of its own: 300 of them at
 * once, counted with real tokens. Each test has pairs of its own.
 */
class ProviderPoliciesIT {
  private static final int SERVICES = 10;
  private static final int PROVIDERS = 30;
  private static final List<SigningKey> KEYS =
      IntStream.range(0, PROVIDERS)
          .mapToObj(i -> new SigningKey(SigningKey.Type.EdDSA, "key-" + i))
          .toList();
  private static final HeaderEcho ECHO = new HeaderEcho();
  private static final PolicyStage STAGE =
      new PolicyStage(Duration.ZERO, ProviderPoliciesIT::writeAll);

  private static void writeAll(ConsulFixture consul) {
    for (int provider = 0; provider < PROVIDERS; provider++) {
      consul.putKey(
          "convoy/jwt-provider/p" + provider, provider(issuer(provider), KEYS.get(provider)));
    }
    consul.register("unlimited", "unlimited", ECHO.port(), "convoy-path", "/unlimited/");
    consul.putKey("convoy/security-policy/unlimited", tokens("unlimited", provider -> true));
    for (int service = 0; service < SERVICES; service++) {
      String name = "s" + service;
      consul.register(name, name, ECHO.port(), "convoy-path", "/" + name + "/");
      consul.putKey("convoy/security-policy/" + name, tokens(name, provider -> true));
      for (int provider = 0; provider < PROVIDERS; provider++) {
        consul.putKey(
            "convoy/" + limitId(service, provider),
            limit(service, provider, requests(service, provider)));
      }
    }
  }

  @AfterAll
  static void end() {
    STAGE.close();
    ECHO.close();
  }

  private static String issuer(int provider) {
    return "https://p" + provider + ".test";
  }

  private static String provider(String issuer, SigningKey key) {
    return "Issuer: %s\nJSONWebKeySet: {Local: {JWKS: %s}}"
        .formatted(issuer, SigningKey.encodedKeySet(key));
  }

  private static String tokens(String service, IntPredicate which) {
    return "TargetRefs: [{Kind: service, Name: %s}]\nJWT: {Providers: [%s]}"
        .formatted(
            service,
            IntStream.range(0, PROVIDERS)
                .filter(which)
                .mapToObj(provider -> "p" + provider)
                .collect(Collectors.joining(", ")));
  }

  private static String limitId(int service, int provider) {
    return "backend-traffic-policy/s" + service + "-p" + provider;
  }

  private static int requests(int service, int provider) {
    return 1 + (service + provider) % 3;
  }

  /** Every other provider's limit counts each subject by itself. */
  private static boolean bySubject(int provider) {
    return provider % 2 == 1;
  }

  private static String limit(int service, int provider, int requests) {
    return """
    TargetRefs: [{Kind: service, Name: s%d}]
    RateLimit: {Local: {Rules: [{Limit: {Requests: %d, Unit: Day}, Selectors: [{JWTProvider: p%d}%s]}]}}\
    """
        .formatted(
            service,
            requests,
            provider,
            bySubject(provider) ? ", {JWTClaim: {Name: sub, Distinct: true}}" : "");
  }

  private static String[] bearer(int provider, String subject, String... more) {
    return bearer(KEYS.get(provider), issuer(provider), subject, "", more);
  }

  private static String[] bearer(
      SigningKey key, String issuer, String subject, String id, String... more) {
    long now = Instant.now().getEpochSecond();
    var claims =
        new TreeMap<String, Object>(
            Map.of("iss", issuer, "sub", subject, "iat", now, "exp", now + 3600));
    if (!id.isEmpty()) {
      claims.put("jti", id);
    }
    String[] headers = java.util.Arrays.copyOf(more, more.length + 2);
    headers[more.length] = "authorization";
    headers[more.length + 1] = "Bearer " + key.token(claims);
    return headers;
  }

  private static String exactly(int requests) {
    return "200 ".repeat(requests) + "429";
  }

  @Test
  void limitsCountPerProviderAndPerClaim() {
    for (Gateway gateway : STAGE.gateways()) {
      for (int service = 0; service < SERVICES; service++) {
        String path = "/s" + service + "/";
        for (int provider : List.of(2 * service, 2 * service + 1)) {
          int requests = requests(service, provider);
          assertThat(statuses(gateway, requests + 1, path, bearer(provider, "alice")))
              .as("%d at %d", provider, service)
              .isEqualTo(exactly(requests));
          assertThat(statuses(gateway, requests + 1, path, bearer(provider, "bob")))
              .as("%d at %d, another subject", provider, service)
              .isEqualTo(bySubject(provider) ? exactly(requests) : "429" + " 429".repeat(requests));
        }
      }
    }
  }

  /** Whose limit counts says the token alone. */
  @Test
  void headersOfAClientChooseNoLimit() {
    String lane = "x-convoy-provider-limit-0";
    int drained = 20;
    int other = 22;
    String path = "/s1/";
    for (Gateway gateway : STAGE.gateways()) {
      int requests = requests(1, drained);
      assertThat(statuses(gateway, requests + 1, path, bearer(drained, "a")))
          .isEqualTo(exactly(requests));
      for (String slot : List.of(slot(1, other), "none", "", "no-such-slot")) {
        assertThat(
                gateway
                    .get(
                        path,
                        bearer(
                            drained,
                            "a",
                            lane,
                            slot,
                            "x-convoy-jwt-iss",
                            issuer(other),
                            "x-convoy-jwt-sub",
                            "b"))
                    .status())
            .as("to another's, slot <%s>", slot)
            .isEqualTo(429);
      }
      // None of those took anything from the other, and it is not led to the drained one.
      assertThat(
              statuses(
                  gateway,
                  requests(1, other) + 1,
                  path,
                  bearer(other, "a", lane, slot(1, drained), "x-convoy-jwt-iss", issuer(drained))))
          .isEqualTo(exactly(requests(1, other)));
      Http.Response echoed = gateway.get("/s2/", bearer(other, "a", lane, "1"));
      assertThat(echoed.status()).isEqualTo(200);
      assertThat(echoed.body()).doesNotContain("x-convoy");
    }
  }

  private static String slot(int service, int provider) {
    Matcher found =
        Pattern.compile("\"provider-limit-0/([0-9]+):" + limitId(service, provider) + "\"")
            .matcher(STAGE.convoy.versions("gateway"));
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  @Test
  void aDrainedLimitOfAProviderStaysDrainedWhateverElseChanges() {
    for (Gateway gateway : STAGE.gateways()) {
      for (int provider : List.of(24, 25)) {
        int requests = requests(0, provider);
        assertThat(statuses(gateway, requests + 1, "/s0/", bearer(provider, "a")))
            .isEqualTo(exactly(requests));
      }
    }
    long listeners = STAGE.listenerUpdates();
    for (int i = 1; i <= 3; i++) {
      // Another provider at the same service, and the same provider at another service.
      for (String id : List.of(limitId(0, 26), limitId(3, 24))) {
        int service = id.contains("s0") ? 0 : 3;
        int provider = service == 0 ? 26 : 24;
        STAGE.put(id, limit(service, provider, 10 + i));
        assertDrained("changed " + id);
        STAGE.delete(id);
        assertDrained("removed " + id);
        STAGE.put(id, limit(service, provider, 20 + i));
        assertDrained("added " + id);
      }
      providerChanges(i);
      policyChanges(i);
    }
    assertThat(STAGE.listenerUpdates()).as("LDS updates").isEqualTo(listeners);
    STAGE.put(limitId(0, 24), limit(0, 24, 5));
    for (Gateway gateway : STAGE.gateways()) {
      assertThat(statuses(gateway, 6, "/s0/", bearer(24, "a")))
          .as("its own change fills it")
          .isEqualTo(exactly(5));
      assertThat(gateway.get("/s0/", bearer(25, "a")).status())
          .as("and no other provider's")
          .isEqualTo(429);
    }
  }

  private static void providerChanges(int i) {
    var key = new SigningKey(SigningKey.Type.EdDSA, "next-" + i);
    STAGE.put("jwt-provider/p26", provider(issuer(26), key));
    assertDrained("another provider's keys");
    String issuer = "https://next-" + i + ".test";
    STAGE.put("jwt-provider/p26", provider(issuer, key));
    assertDrained("another provider's issuer");
    for (Gateway gateway : STAGE.gateways()) {
      assertThat(gateway.get("/unlimited/", bearer(key, issuer, "a", "")).status()).isEqualTo(200);
    }
    STAGE.delete("jwt-provider/p26");
    for (Gateway gateway : STAGE.gateways()) {
      Await.untilAsserted(() ->
          assertThat(gateway.get("/unlimited/", bearer(key, issuer, "a", "")).status())
              .isEqualTo(401));
    }
    // Until the route and the content agree again, the guard lets nobody pass.
    Await.untilAsserted(() -> assertDrained("another provider, removed"));
    STAGE.put("jwt-provider/p26", provider(issuer(26), KEYS.get(26)));
    assertDrained("another provider, added");
  }

  private static void policyChanges(int i) {
    STAGE.put("security-policy/s0", tokens("s0", provider -> provider != 26));
    assertDrained("another provider is not asked for any more");
    STAGE.put("security-policy/s0", tokens("s0", provider -> true));
    assertDrained("another provider is asked for");
    STAGE.put("security-policy/s3", tokens("s3", provider -> provider > i));
    assertDrained("another service's tokens");
    STAGE.delete("security-policy/s3");
    assertDrained("another service's tokens, removed");
    STAGE.put("security-policy/s3", tokens("s3", provider -> true));
    String more = "TargetRefs: [{Kind: service, Name: s0}]\n";
    STAGE.put(
        "security-policy/more",
        more
            + "Revocation: {IssuedBefore: [{Provider: p26, Time: \"2026-01-0%dT00:00:00Z\"}]}"
                .formatted(i));
    assertDrained("another provider's tokens are revoked");
    STAGE.put(
        "security-policy/more",
        more
            + "Authorization: {DefaultAction: Allow, Rules: [{Action: Deny, Principal: {JWT: {Provider: p26}}}]}");
    assertDrained("another provider's tokens are denied");
    STAGE.delete("security-policy/more");
    assertDrained("and no more");
  }

  private static void assertDrained(String what) {
    for (Gateway gateway : STAGE.gateways()) {
      for (int provider : List.of(24, 25)) {
        Http.Response answer = gateway.get("/s0/", bearer(provider, "a"));
        assertThat(answer.status()).as("%s: %s", what, answer).isEqualTo(429);
      }
    }
  }

  /** What the status calls programmed is in force: the very next request is refused. */
  @Test
  void aTokenIsRevokedOnceItsRevocationIsProgrammed() {
    String id = "security-policy/revoked";
    String ids = "other";
    for (int i = 0; i < 20; i++) {
      String[] token = bearer(KEYS.get(28), issuer(28), "u", "t" + i);
      String[] next = bearer(KEYS.get(28), issuer(28), "u", "t" + (i + 1));
      for (Gateway gateway : STAGE.gateways()) {
        assertThat(gateway.get("/unlimited/", token).status()).isEqualTo(200);
      }
      ids += ", t" + i;
      STAGE.put(
          id,
          "TargetRefs: [{Kind: service, Name: unlimited}]\nRevocation: {Jti: [%s]}".formatted(ids));
      for (Gateway gateway : STAGE.gateways()) {
        assertThat(gateway.get("/unlimited/", token).status()).isEqualTo(403);
        assertThat(gateway.get("/unlimited/", next).status()).isEqualTo(200);
      }
    }
    STAGE.delete(id);
    for (Gateway gateway : STAGE.gateways()) {
      Await.untilAsserted(() ->
          assertThat(
                  gateway.get("/unlimited/", bearer(KEYS.get(28), issuer(28), "u", "t0")).status())
              .isEqualTo(200));
    }
  }

  @Test
  void aGuardThatWasNeverGoodClosesItsTargetUntilItIsRepaired() {
    String target = "TargetRefs: [{Kind: service, Name: user}]\n";
    for (String broken :
        List.of(
            "JWT: {Provider: [p1]}",
            "JWT: {Providers: 7}",
            "Revocation: {Jti: [a], IssuedBefore: [{Provider: p1, Time: yesterday}]}",
            "Authorization: {DefaultAction: Perhaps}")) {
      STAGE.consul.putKey("convoy/security-policy/broken", target + broken + "\n");
      for (Gateway gateway : STAGE.gateways()) {
        Await.untilAsserted(
            () -> assertThat(gateway.get("/user/").status()).as(broken).isEqualTo(403));
        assertThat(gateway.get("/user/", bearer(1, "a")).status()).isEqualTo(403);
        assertThat(gateway.get("/order/").status()).isEqualTo(200);
        assertThat(gateway.get("/unlimited/", bearer(1, "a")).status()).isEqualTo(200);
      }
      STAGE.limit("of-order", "order", "{Limit: {Requests: 1000, Unit: Day}}");
      for (Gateway gateway : STAGE.gateways()) {
        assertThat(gateway.get("/user/").status()).as("others change").isEqualTo(403);
      }
      STAGE.put("security-policy/broken", target + "Authorization: {DefaultAction: Allow}");
      for (Gateway gateway : STAGE.gateways()) {
        assertThat(gateway.get("/user/").status()).as("repaired").isEqualTo(200);
      }
      STAGE.delete("security-policy/broken");
    }
  }
}
