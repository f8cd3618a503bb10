package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Http;
import io.convoy.fixture.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Authorization, and tokens that are required together, at a real Envoy. */
class AuthorizationIT {
  private static final ConsulFixture CONSUL = ConsulFixture.start();
  private static final HeaderEcho ECHO = new HeaderEcho();
  private static final ControlPlane CONVOY = new ControlPlane(CONSUL.url());
  private static final Gateway GATEWAY = new Gateway(CONVOY, "gateway", true);
  private static final SigningKey USER = new SigningKey(SigningKey.Type.ES256, "user");
  private static final SigningKey DEVICE = new SigningKey(SigningKey.Type.EdDSA, "device");

  @BeforeAll
  static void startAll() {
    provider("user", USER, "");
    provider("device", DEVICE, ", Locations: [{Header: {Name: x-device}}]");
    CONSUL.register("order", "order", ECHO.port(), "convoy-path", "/");
    CONVOY.awaitReady();
    GATEWAY.awaitReady();
  }

  @AfterAll
  static void endAll() {
    GATEWAY.close();
    CONVOY.close();
    ECHO.close();
    CONSUL.close();
  }

  @AfterEach
  void removePolicies() {
    List.of("a", "b")
        .forEach(name -> {
          try {
            CONSUL.deleteKey("convoy/security-policy/" + name);
          } catch (RuntimeException e) {
            // It was not there.
          }
        });
    awaitStatus(200, "/x");
  }

  private static void provider(String name, SigningKey key, String more) {
    byte[] keySet = SigningKey.keySet(key).getBytes(StandardCharsets.UTF_8);
    CONSUL.putKey(
        "convoy/jwt-provider/" + name,
        "{Issuer: %s, JSONWebKeySet: {Local: {JWKS: %s}}%s}"
            .formatted(name, Base64.getEncoder().encodeToString(keySet), more));
  }

  private static void policy(String name, String content) {
    CONSUL.putKey(
        "convoy/security-policy/" + name,
        "{TargetRefs: [{Kind: service, Name: order}], " + content + "}");
  }

  private static Map<String, Object> claims(String issuer, String... more) {
    long now = Instant.now().getEpochSecond();
    var claims = new TreeMap<String, Object>(Map.of("iss", issuer, "iat", now, "exp", now + 3600));
    for (int i = 0; i < more.length; i += 2) {
      claims.put(more[i], more[i + 1]);
    }
    return claims;
  }

  private static String bearer(Map<String, Object> claims) {
    return "Bearer " + USER.token(claims);
  }

  private static void awaitStatus(int status, String path, String... headers) {
    Await.untilAsserted(() -> assertThat(GATEWAY.get(path, headers).status()).isEqualTo(status));
  }

  private static int send(String method, String path, String... headers) {
    return Http.send(method, GATEWAY.url(path), "", headers).status();
  }

  @Test
  void theFirstRuleThatMatchesDecides() {
    policy(
        "a",
        "Authorization: {DefaultAction: Deny, Rules: ["
            + "{Action: Deny, Operation: {Paths: [{Match: prefix, Value: /admin/secret/}]}},"
            + "{Action: Allow, Operation: {Methods: [GET], Paths: [{Match: exact, Value: /x},"
            + " {Match: regex, Value: '/[0-9]+'}, {Match: prefix, Value: /admin/}]}},"
            + "{Action: Deny, Operation: {Methods: [POST]}},"
            + "{Action: Allow, Principal: {ClientCIDRs: [127.0.0.0/8],"
            + " Headers: [{Match: exact, Name: x-tenant, Value: acme}]}},"
            + "{Action: Allow, Operation: {Methods: [PATCH]}, Principal: {ClientCIDRs: [10.0.0.0/8]}}"
            + "]}");
    awaitStatus(403, "/y");
    assertThat(GATEWAY.get("/y").body()).isEqualTo("RBAC: access denied");
    assertThat(send("GET", "/x?query")).isEqualTo(200);
    assertThat(send("GET", "/42")).isEqualTo(200);
    assertThat(send("GET", "/4x")).isEqualTo(403);
    assertThat(send("GET", "/admin/a")).isEqualTo(200);
    assertThat(send("GET", "/admin/secret/a")).isEqualTo(403);
    assertThat(send("GET", "/admin/x/../secret/a")).isEqualTo(403);
    assertThat(send("DELETE", "/y")).isEqualTo(403);
    assertThat(send("DELETE", "/y", "x-tenant", "acme")).isEqualTo(200);
    assertThat(send("POST", "/y", "x-tenant", "acme")).isEqualTo(403);
    assertThat(send("DELETE", "/y", "x-tenant", "acme2")).isEqualTo(403);
    assertThat(send("PATCH", "/y")).isEqualTo(403);
  }

  @Test
  void claimsAreThoseOfAVerifiedToken() {
    policy(
        "a",
        "JWT: {Providers: [user], AllowMissing: true}, Authorization: {Rules: [{Action: Allow,"
            + " Principal: {JWT: {Provider: user, Scopes: [read, write], Claims:"
            + " [{Name: tenant.name, Values: [acme, umbrella]}]}}}]}");
    awaitStatus(403, "/x");
    Map<String, Object> good = claims("user", "scope", "write openid read");
    good.put("tenant", Map.of("name", "umbrella"));
    assertThat(send("GET", "/x", "authorization", bearer(good))).isEqualTo(200);
    good.put("scope", "writer read");
    assertThat(send("GET", "/x", "authorization", bearer(good))).isEqualTo(403);
    good.put("scope", "write read");
    good.put("tenant", Map.of("name", "other"));
    assertThat(send("GET", "/x", "authorization", bearer(good))).isEqualTo(403);
    assertThat(send("GET", "/x", "authorization", bearer(claims("user")))).isEqualTo(403);
    assertThat(send("GET", "/x", "authorization", "Basic x")).isEqualTo(403);
  }

  @Test
  void everyDocumentHasToAgreeAndAShadowOnlyCounts() {
    policy(
        "a",
        "Authorization: {DefaultAction: Allow, Rules: [{Action: Deny, Operation: {Methods:"
            + " [DELETE]}}]}");
    policy(
        "b",
        "Authorization: {Rules: [{Action: Allow, Operation: {Paths: [{Match: prefix, Value: /x}]}}]}");
    awaitStatus(403, "/y");
    Await.untilAsserted(() -> assertThat(send("DELETE", "/x")).isEqualTo(403));
    assertThat(send("GET", "/x")).isEqualTo(200);
    policy("b", "Authorization: {Shadow: true}");
    awaitStatus(200, "/y");
    assertThat(send("DELETE", "/y")).isEqualTo(403);
    assertThat(GATEWAY.envoy().admin("/stats?filter=rbac.shadow_denied"))
        .containsPattern("shadow_denied: [1-9]");
  }

  @Test
  void ofTokensThatAreRequiredTogetherEachCanBeRevoked() {
    policy(
        "a",
        "JWT: {Requirement: {All: [{Provider: user}, {Provider: device}]}, ClaimToHeaders: [{Claim:"
            + " sub, Header: x-user-id}]}");
    policy("b", "Revocation: {Jti: [stolen], Sub: [mallory]}");
    awaitStatus(401, "/x");
    String user = bearer(claims("user", "sub", "ann", "jti", "u1"));
    String device = DEVICE.token(claims("device", "sub", "phone", "jti", "d1"));
    assertThat(send("GET", "/x", "authorization", user)).isEqualTo(401);
    awaitStatus(200, "/x", "authorization", user, "x-device", device);
    assertThat(
            GATEWAY.get("/x", "authorization", user, "x-device", device, "x-user-id", "eve").body())
        .contains("x-user-id: ann\n")
        .doesNotContain("eve", "x-convoy");
    awaitStatus(
        403, "/x", "authorization", bearer(claims("user", "jti", "stolen")), "x-device", device);
    assertThat(
            send(
                "GET",
                "/x",
                "authorization",
                user,
                "x-device",
                DEVICE.token(claims("device", "jti", "stolen"))))
        .isEqualTo(403);
    assertThat(
            send(
                "GET",
                "/x",
                "authorization",
                user,
                "x-device",
                DEVICE.token(claims("device", "sub", "mallory"))))
        .isEqualTo(403);
  }

  @Test
  void anyTokenOrNone() {
    policy("a", "JWT: {Providers: [user, device], AllowMissingOrFailed: true}");
    policy(
        "b",
        "Authorization: {DefaultAction: Allow, Rules: [{Action: Deny, Principal: {JWT: {}}}]}");
    awaitStatus(403, "/x", "authorization", bearer(claims("user")));
    assertThat(send("GET", "/x")).isEqualTo(200);
    assertThat(send("GET", "/x", "authorization", "Bearer rubbish")).isEqualTo(200);
    policy("a", "JWT: {Providers: [user], AllowMissing: true}");
    awaitStatus(401, "/x", "authorization", "Bearer rubbish");
    assertThat(send("GET", "/x")).isEqualTo(200);
  }
}
