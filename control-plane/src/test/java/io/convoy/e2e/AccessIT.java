package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Http;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** CORS, basic authentication and API keys at a real Envoy. */
class AccessIT {
  private static final ConsulFixture CONSUL = ConsulFixture.start();
  private static final HeaderEcho ECHO = new HeaderEcho();
  private static final ControlPlane CONVOY = new ControlPlane(CONSUL.url());
  private static final Gateway GATEWAY = new Gateway(CONVOY, "gateway", true);

  private static final String USERS = "['alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=']";
  private static final String KEYS =
      "Credentials: [{Client: acme, Key: key-of-acme}, {Client: acme, Key: new-key-of-acme}],"
          + " ExtractFrom: [{Headers: [x-api-key], Params: [key], Cookies: [key]}]";

  @BeforeAll
  static void startAll() {
    CONSUL.register("order", "order", ECHO.port(), "convoy-path", "/");
    CONVOY.awaitReady();
    GATEWAY.awaitReady();
    awaitStatus(200);
  }

  @AfterAll
  static void endAll() {
    GATEWAY.close();
    CONVOY.close();
    ECHO.close();
    CONSUL.close();
  }

  @AfterEach
  void removePolicy() {
    CONSUL.deleteKey("convoy/security-policy/a");
    awaitStatus(200);
  }

  private static void policy(String content) {
    CONSUL.putKey(
        "convoy/security-policy/a",
        "{TargetRefs: [{Kind: service, Name: order}], " + content + "}");
  }

  private static void awaitStatus(int status, String... headers) {
    Await.untilAsserted(() -> assertThat(GATEWAY.get("/x", headers).status()).isEqualTo(status));
  }

  private static Http.Response preflight(String origin) {
    return Http.send(
        "OPTIONS",
        GATEWAY.url("/x"),
        "",
        "origin",
        origin,
        "access-control-request-method",
        "DELETE",
        "access-control-request-headers",
        "x-api-key");
  }

  private static String basic(String user, String password) {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  private static String allowed(Http.Response response) {
    return response.header("access-control-allow-origin");
  }

  @Test
  void aPreflightNeedsNoKeyAndARequestDoes() {
    policy(
        "APIKeys: {"
            + KEYS
            + "}, CORS: {AllowOrigins: [https://shop.test, 'https://*.shop.test:*'],"
            + " AllowOriginRegex: ['http://localhost:30[0-9]{2}'], AllowMethods: [GET, DELETE],"
            + " AllowHeaders: [x-api-key], ExposeHeaders: [x-b], MaxAge: 10m,"
            + " AllowCredentials: true}");
    awaitStatus(401);
    Http.Response answer = preflight("https://shop.test");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(allowed(answer)).isEqualTo("https://shop.test");
    assertThat(answer.header("access-control-allow-methods")).isEqualTo("GET,DELETE");
    assertThat(answer.header("access-control-allow-headers")).isEqualTo("x-api-key");
    assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
    assertThat(answer.header("access-control-max-age")).isEqualTo("600");
    for (String origin :
        new String[] {
          "https://a.shop.test", "https://a.b.shop.test:8443", "http://localhost:3000"
        }) {
      assertThat(allowed(preflight(origin))).isEqualTo(origin);
    }
    for (String origin :
        new String[] {
          "http://shop.test",
          "https://shop.test.evil.test",
          "https://evilshop.test",
          "https://evil.test/.shop.test",
          "https://evil.test:1.shop.test",
          "http://localhost:30000",
          "null",
          "*"
        }) {
      Http.Response refused = preflight(origin);
      assertThat(refused.status()).as(origin).isEqualTo(401);
      assertThat(allowed(refused)).as(origin).isEmpty();
    }

    Http.Response page =
        GATEWAY.get("/x", "origin", "https://shop.test", "x-api-key", "key-of-acme");
    assertThat(page.status()).isEqualTo(200);
    assertThat(allowed(page)).isEqualTo("https://shop.test");
    assertThat(page.header("access-control-expose-headers")).isEqualTo("x-b");
    Http.Response refused = GATEWAY.get("/x", "origin", "https://shop.test");
    assertThat(refused.status()).isEqualTo(401);
    assertThat(allowed(refused)).isEqualTo("https://shop.test");
    assertThat(
            allowed(GATEWAY.get("/x", "origin", "https://evil.test", "x-api-key", "key-of-acme")))
        .isEmpty();
  }

  @Test
  void everyOriginMayReadWhatIsPublic() {
    policy("CORS: {AllowOrigins: ['*']}");
    Await.untilAsserted(() ->
        assertThat(allowed(GATEWAY.get("/x", "origin", "https://any.test")))
            .isEqualTo("https://any.test"));
    assertThat(
            GATEWAY
                .get("/x", "origin", "https://any.test")
                .header("access-control-allow-credentials"))
        .isEmpty();
  }

  @Test
  void usersNeedTheirPassword() {
    policy("BasicAuth: {Users: " + USERS + ", ForwardUsernameHeader: x-user}");
    awaitStatus(401);
    assertThat(GATEWAY.get("/x").header("www-authenticate")).startsWith("Basic realm=");
    Http.Response good =
        GATEWAY.get("/x", "authorization", basic("alice", "secret"), "x-user", "mallory");
    assertThat(good.status()).isEqualTo(200);
    assertThat(good.body()).contains("x-user: alice\n").doesNotContain("mallory");
    assertThat(GATEWAY.get("/x", "authorization", basic("alice", "Secret")).status())
        .isEqualTo(401);
    assertThat(GATEWAY.get("/x", "authorization", basic("bob", "secret")).status()).isEqualTo(401);
    assertThat(GATEWAY.get("/x", "authorization", "Basic rubbish").status()).isEqualTo(401);
  }

  @Test
  void aKeyIsFoundInEachPlace() {
    policy("APIKeys: {" + KEYS + ", ForwardClientIDHeader: x-client}");
    awaitStatus(401);
    Http.Response good = GATEWAY.get("/x", "x-api-key", "key-of-acme", "x-client", "mallory");
    assertThat(good.status()).isEqualTo(200);
    assertThat(good.body()).contains("x-client: acme\n").doesNotContain("mallory");
    assertThat(GATEWAY.get("/x?key=new-key-of-acme").body()).contains("x-client: acme\n");
    assertThat(GATEWAY.get("/x", "cookie", "a=b; key=key-of-acme").body())
        .contains("x-client: acme\n");
    assertThat(GATEWAY.get("/x", "x-api-key", "key-of-acm").status()).isEqualTo(401);
    assertThat(GATEWAY.get("/x?key=").status()).isEqualTo(401);
    assertThat(GATEWAY.get("/x", "cookie", "other=key-of-acme").status()).isEqualTo(401);
  }

  /** Rules on headers come after those that write them. */
  @Test
  void rulesMayAskWhoTheUserIs() {
    policy(
        "BasicAuth: {Users: "
            + USERS
            + ", ForwardUsernameHeader: x-user}, Authorization: {Rules: [{Action: Allow, Principal:"
            + " {Headers: [{Match: exact, Name: x-user, Value: bob}]}}]}");
    awaitStatus(403, "authorization", basic("alice", "secret"));
    assertThat(
            GATEWAY.get("/x", "authorization", basic("alice", "secret"), "x-user", "bob").status())
        .isEqualTo(403);
    assertThat(GATEWAY.get("/x", "x-user", "bob").status()).isEqualTo(401);
  }
}
