package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Http;
import io.convoy.fixture.SigningKey;
import io.convoy.policy.KeyServerAccess;
import io.convoy.snapshot.WriterSettings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tokens at a real Envoy: 10 services, 30 providers with keys of every type, in documents and at a
 * key server. Service 0 takes tokens of all providers, every other those of three.
 */
class JwtIT {
  private static final int SERVICES = 10;
  private static final int PROVIDERS = 30;
  private static final String USER = "x-user-id";

  private static final ConsulFixture CONSUL = ConsulFixture.start();
  private static final HeaderEcho ECHO = new HeaderEcho();
  private static final KeyServer KEYS = new KeyServer();
  private static final List<SigningKey> SIGNING = new ArrayList<>();
  private static final ControlPlane CONVOY = new ControlPlane(CONSUL.url(), settings());
  private static final Gateway GATEWAY = new Gateway(CONVOY, "gateway", true);

  private static WriterSettings settings() {
    WriterSettings defaults = WriterSettings.DEFAULT;
    return new WriterSettings(
        defaults.publishInterval(),
        defaults.dataDirectory(),
        defaults.saveInterval(),
        defaults.emptyDelay(),
        defaults.massShare(),
        defaults.longestHold(),
        defaults.policyInterval(),
        KeyServerAccess.of(List.of("127.0.0.0/8"), KeyServerAccess.TRUST_ROOTS),
        defaults.undeclaredUpstreams(),
        defaults.mutualTls());
  }

  @BeforeAll
  static void startAll() {
    for (int i = 0; i < PROVIDERS; i++) {
      var key = new SigningKey(SigningKey.types().get(i % 3), "key-" + i);
      SIGNING.add(key);
      provide(i, key);
    }
    for (int i = 0; i < SERVICES; i++) {
      CONSUL.register("s" + i, "s" + i, ECHO.port(), "convoy-path", "/s" + i + "/");
      policy("s" + i, "s" + i, providersOf(i), "");
    }
    CONVOY.awaitReady();
    GATEWAY.awaitReady();
    for (int i = 0; i < SERVICES; i++) {
      awaitStatus(200, i, token(providersOf(i).getLast(), "warm"));
    }
  }

  @AfterAll
  static void endAll() {
    GATEWAY.close();
    CONVOY.close();
    KEYS.close();
    ECHO.close();
    CONSUL.close();
  }

  private static boolean remote(int provider) {
    return provider % 5 == 4;
  }

  private static void provide(int provider, SigningKey... keys) {
    provide(provider, "", keys);
  }

  /** Puts a provider's document, and its keys where they belong. */
  private static void provide(int provider, String more, SigningKey... keys) {
    String keySet = SigningKey.keySet(keys);
    KEYS.serve("/p" + provider, keySet);
    String source =
        remote(provider)
            ? "{Remote: {URI: \"%s\", FetchAsynchronously: %s%s}}"
                .formatted(KEYS.url("/p" + provider), provider % 2 == 0, more)
            : "{Local: {JWKS: %s}}"
                .formatted(
                    Base64.getEncoder().encodeToString(keySet.getBytes(StandardCharsets.UTF_8)));
    CONSUL.putKey(
        "convoy/jwt-provider/p" + provider,
        "{Issuer: \"%s\", Audiences: [shop], JSONWebKeySet: %s}"
            .formatted(issuer(provider), source));
  }

  private static void policy(String name, String service, List<Integer> providers, String more) {
    String names = providers.stream().map(i -> "p" + i).collect(Collectors.joining(", "));
    CONSUL.putKey(
        "convoy/security-policy/" + name,
        ("{TargetRefs: [{Kind: service, Name: %s}], JWT: {Providers: [%s],"
                + " ClaimToHeaders: [{Claim: sub, Header: %s}]}%s}")
            .formatted(service, names, USER, more));
  }

  private static List<Integer> providersOf(int service) {
    return service == 0
        ? IntStream.range(0, PROVIDERS).boxed().toList()
        : List.of(3 * service, 3 * service + 1, 3 * service + 2);
  }

  private static String issuer(int provider) {
    return "https://p" + provider + ".test";
  }

  private static Map<String, Object> claims(int provider, String subject) {
    long now = Instant.now().getEpochSecond();
    return new TreeMap<>(
        Map.of(
            "iss", issuer(provider), "aud", "shop", "sub", subject, "iat", now, "exp", now + 3600));
  }

  private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
    claims.put(name, value);
    return claims;
  }

  private static String token(int provider, String subject) {
    return SIGNING.get(provider).token(claims(provider, subject));
  }

  private static Http.Response get(int service, String token, String... headers) {
    var all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("authorization", "Bearer " + token));
    return GATEWAY.get("/s" + service + "/", all.toArray(String[]::new));
  }

  private static void awaitStatus(int status, int service, String token) {
    Await.untilAsserted(() -> assertThat(get(service, token).status()).isEqualTo(status));
  }

  @Test
  void aTokenOfEveryProviderPassesWhereItIsAsked() {
    for (int service = 0; service < SERVICES; service++) {
      for (int provider : providersOf(service)) {
        Http.Response answer =
            get(
                service,
                token(provider, "user-" + provider),
                USER,
                "mallory",
                "x-convoy-jwt-sub",
                "mallory",
                "x-convoy-jwt-id",
                "mallory");
        assertThat(answer.status()).as("%d at %d: %s", provider, service, answer).isEqualTo(200);
        assertThat(answer.body())
            .contains(USER + ": user-" + provider + "\n")
            .doesNotContain("mallory", "x-convoy", "authorization");
      }
      if (service > 0) {
        Http.Response other = get(service, token(0, "user"));
        assertThat(other.status()).isEqualTo(401);
        assertThat(other.body()).isEqualTo("Jwt issuer is not configured");
      }
    }
  }

  @Test
  void anythingElseIsRefused() {
    for (int provider : List.of(3, 4, 5)) {
      long now = Instant.now().getEpochSecond();
      var key = SIGNING.get(provider);
      assertAnswer(
          401, "Jwt is expired", get(1, key.token(with(claims(provider, "u"), "exp", now - 3600))));
      assertAnswer(
          401,
          "Jwt not yet valid",
          get(1, key.token(with(claims(provider, "u"), "nbf", now + 3600))));
      assertAnswer(
          403,
          "Audiences in Jwt are not allowed",
          get(1, key.token(with(claims(provider, "u"), "aud", "other"))));
      assertAnswer(
          401,
          "Jwt issuer is not configured",
          get(1, key.token(with(claims(provider, "u"), "iss", "https://evil.test"))));
      assertThat(
              get(1, new SigningKey(SigningKey.Type.RS256, "unknown").token(claims(provider, "u")))
                  .status())
          .isEqualTo(401);
      String good = token(provider, "u");
      assertThat(get(1, good.substring(0, good.length() - 6) + "AAAAAA").status()).isEqualTo(401);
      assertThat(get(1, SigningKey.unsigned(claims(provider, "u"))).status()).isEqualTo(401);
    }
    assertThat(get(1, "rubbish").status()).isEqualTo(401);
    assertThat(get(1, "").status()).isEqualTo(401);
    assertAnswer(401, "Jwt is missing", GATEWAY.get("/s1/"));
    assertAnswer(401, "Jwt is missing", GATEWAY.get("/s1/", "authorization", "Basic dTpw"));
    assertAnswer(401, "Jwt is missing", GATEWAY.get("/s0/", USER, "mallory"));
  }

  private static void assertAnswer(int status, String body, Http.Response answer) {
    assertThat(answer.body()).isEqualTo(body);
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void whatIsRevokedIsForbidden() {
    long now = Instant.now().getEpochSecond();
    String ids =
        IntStream.range(0, 10_000).mapToObj(i -> "jti-" + i).collect(Collectors.joining(", "));
    String key = "convoy/security-policy/revoked";
    // Another document than the one that requires the token.
    CONSUL.putKey(
        key,
        ("{TargetRefs: [{Kind: service, Name: s2}], Revocation: {Jti: [%s], Sub: [mallory],"
                + " IssuedBefore: [{Provider: p6, Time: \"%s\"}]}}")
            .formatted(ids, Instant.ofEpochSecond(now - 100)));
    try {
      SigningKey p6 = SIGNING.get(6);
      awaitStatus(403, 2, p6.token(with(claims(6, "u"), "jti", "jti-9999")));
      assertAnswer(
          403,
          "RBAC: access denied",
          get(2, p6.token(with(claims(6, "u"), "jti", "jti-0")), "x-convoy-jwt-jti", "good"));
      assertThat(get(2, p6.token(with(claims(6, "u"), "jti", "jti-10000"))).status())
          .isEqualTo(200);
      assertThat(get(2, token(7, "mallory"), "x-convoy-jwt-sub", "good").status()).isEqualTo(403);
      assertThat(get(2, p6.token(with(claims(6, "u"), "iat", now - 101))).status()).isEqualTo(403);
      assertThat(get(2, p6.token(with(claims(6, "u"), "iat", now - 100))).status()).isEqualTo(200);
      Map<String, Object> undated = claims(6, "u");
      undated.remove("iat");
      assertThat(get(2, p6.token(undated)).status()).isEqualTo(403);
      assertThat(get(2, SIGNING.get(7).token(with(claims(7, "u"), "iat", now - 101))).status())
          .isEqualTo(200);
      assertThat(get(3, token(9, "mallory")).status()).isEqualTo(200);
      String revoked = token(7, "mallory");
      for (String other : List.of(revoked, token(6, "u"))) {
        assertThat(twice(2, revoked, other)).isEqualTo(403);
        assertThat(twice(2, other, revoked)).isEqualTo(403);
        assertThat(get(2, revoked, "authorization", "Bearer " + other).status()).isNotEqualTo(200);
      }
    } finally {
      CONSUL.deleteKey(key);
    }
    awaitStatus(200, 2, token(7, "mallory"));
  }

  /** Sends a token in each of the places where Envoy looks for one. */
  private static int twice(int service, String inHeader, String inQuery) {
    return GATEWAY
        .get("/s" + service + "/?access_token=" + inQuery, "authorization", "Bearer " + inHeader)
        .status();
  }

  @Test
  void aTokenMayComeInTheQuery() {
    for (int service : List.of(0, 5)) {
      int provider = providersOf(service).getLast();
      String path = "/s" + service + "/?access_token=";
      assertThat(GATEWAY.get(path + token(provider, "u")).status()).isEqualTo(200);
      assertThat(GATEWAY.get(path).status()).isBetween(401, 403);
      assertThat(GATEWAY.get(path + "rubbish").status()).isEqualTo(401);
    }
  }

  @Test
  void keysRotateInADocumentWithoutAWrongAnswer() {
    rotate(4, 12, "");
  }

  @Test
  void keysRotateAtTheKeyServerWithoutAWrongAnswer() {
    rotate(4, 14, ", CacheDuration: 1s");
  }

  /** Keys overlap: the new one is there before it signs, and the old one goes after it does. */
  private static void rotate(int service, int provider, String more) {
    SigningKey old = SIGNING.get(provider);
    var next = new SigningKey(SigningKey.Type.ES256, "next");
    provide(provider, more, old);
    awaitStatus(200, service, old.token(claims(provider, "u")));
    var current = new AtomicReference<>(old.token(claims(provider, "u")));
    List<String> wrong = new CopyOnWriteArrayList<>();
    var load =
        Thread.ofVirtual()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                try {
                  Http.Response answer = get(service, current.get());
                  if (answer.status() != 200) {
                    wrong.add(answer.toString());
                  }
                } catch (IllegalStateException e) {
                  Thread.currentThread().interrupt();
                }
              }
            });
    try {
      change(provider, more, old, next);
      awaitStatus(200, service, next.token(claims(provider, "u")));
      current.set(next.token(claims(provider, "u")));
      change(provider, more, next);
      awaitStatus(401, service, old.token(claims(provider, "u")));
    } finally {
      load.interrupt();
      provide(provider, old);
    }
    assertThat(wrong).isEmpty();
    awaitStatus(200, service, old.token(claims(provider, "u")));
  }

  private static void change(int provider, String more, SigningKey... keys) {
    if (remote(provider)) {
      KEYS.serve("/p" + provider, SigningKey.keySet(keys));
    } else {
      provide(provider, more, keys);
    }
  }

  @Test
  void keysAreNotFetchedAgainForProvidersThatNothingCombinesWithThem() {
    // 19 is at the key server, and of service 6; 24 too, and of service 8.
    awaitStatus(200, 6, token(19, "u"));
    int before = KEYS.fetches("/p19");
    assertThat(before).isPositive();
    // Service 0 names all providers: with it gone, nothing combines 19 with 24.
    CONSUL.deleteKey("convoy/security-policy/s0");
    try {
      Await.untilAsserted(() -> assertThat(GATEWAY.get("/s0/").status()).isEqualTo(200));
      before = KEYS.fetches("/p19");
      for (int i = 1; i <= 20; i++) {
        provide(24, ", RequestTimeoutMs: " + (1000 + i), SIGNING.get(24));
        int fetched = KEYS.fetches("/p24");
        Await.until("24 is fetched again", () -> KEYS.fetches("/p24") > fetched);
      }
      assertThat(get(6, token(19, "u")).status()).isEqualTo(200);
      assertThat(KEYS.fetches("/p19")).isEqualTo(before);
    } finally {
      policy("s0", "s0", providersOf(0), "");
    }
    awaitStatus(200, 0, token(0, "u"));
  }

  @Test
  void aRequirementOfAProviderThatDoesNotExistLetsNobodyPass() {
    CONSUL.register("lost", "lost", ECHO.port(), "convoy-path", "/lost/");
    CONSUL.putKey(
        "convoy/security-policy/lost",
        "{TargetRefs: [{Kind: service, Name: lost}], JWT: {Providers: [nowhere]}}");
    Await.untilAsserted(() -> assertThat(GATEWAY.get("/lost/").status()).isEqualTo(401));
    assertThat(GATEWAY.get("/lost/", "authorization", "Bearer " + token(0, "u")).status())
        .isEqualTo(401);
    Await.untilAsserted(() ->
        assertThat(CONVOY.admin("/policies/security-policy/lost").body())
            .contains("no jwt-provider has the name \\\"nowhere\\\""));
    CONSUL.deleteKey("convoy/security-policy/lost");
    CONSUL.deregister("lost");
  }
}
