package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import io.convoy.fixture.SigningKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One of many providers is enough, and Envoy looks it up by the issuer: what a client can write
 * into its headers must not make Envoy take a request without a token for one with one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JwtByIssuerIT {
  private final SigningKey key = new SigningKey(SigningKey.Type.RS256, "key");
  private final EchoService user = new EchoService("user");
  private final int port = FreePorts.next();
  private EnvoyFixture envoy;

  @BeforeAll
  void start() {
    var documents = new StringBuilder();
    for (String name : List.of("a", "b", "c")) {
      documents.append(
          """
          ---
          Kind: jwt-provider
          Name: %1$s
          Issuer: https://%1$s.test
          Audiences: [shop]
          JSONWebKeySet: {Local: {JWKS: %2$s}}
          """
              .formatted(name, SigningKey.encodedKeySet(key)));
    }
    documents.append(
        """
        ---
        Kind: security-policy
        Name: user
        TargetRefs: [{Kind: service, Name: user}]
        JWT: {Providers: [a, b, c]}
        """);
    var instance =
        new Instance(
            "node",
            "user-1",
            "127.0.0.1",
            user.port(),
            ImmutableSortedSet.of(),
            ImmutableSortedMap.of("convoy-path", "/"),
            1,
            Health.PASSING,
            Locality.UNKNOWN,
            1);
    Translation translation =
        new Translator(new NodeGroup(NodeGroup.Role.GATEWAY, "gateway", port))
            .translate(
                Catalog.EMPTY.with(List.of(Service.of("user", List.of(instance))), List.of()),
                GoldenCase.policies(documents.substring(4)));
    assertThat(StaticBootstrap.of(translation)).contains("allow_missing");
    envoy = EnvoyFixture.start(StaticBootstrap.of(translation));
    Await.until("the gateway listens", envoy::isReady);
  }

  @AfterAll
  void stop() {
    envoy.close();
    user.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c"})
  void aTokenOfEachProviderPasses(String provider) {
    assertThat(get("/", "authorization", "Bearer " + token(provider, "shop")).status())
        .isEqualTo(200);
    assertThat(get("/?access_token=" + token(provider, "shop")).status()).isEqualTo(200);
  }

  @Test
  void badTokensDoNot() {
    String good = token("a", "shop");
    assertThat(get("/", "authorization", "Bearer " + token("d", "shop")).status()).isEqualTo(401);
    assertThat(get("/", "authorization", "Bearer " + token("(nobody)", "shop")).status())
        .isEqualTo(401);
    assertThat(get("/", "authorization", "Bearer " + token("b", "other")).status()).isEqualTo(403);
    assertThat(get("/", "authorization", "Bearer " + good + "x").status()).isEqualTo(401);
    assertThat(get("/?access_token=" + good, "authorization", "Bearer x.y.z").status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer ",
        "Bearer",
        "Bearer  ",
        "Bearer ,",
        "Bearer .",
        "Bearer ..",
        "Bearer =",
        "bearer x",
        "Basic Zm9vOmJhcg==",
        "Bearer \u00e9",
        "Bearer Bearer ",
        "x Bearer ",
        "Negotiate Bearer"
      })
  void whatIsNoTokenIsRefused(String authorization) {
    var response = get("/", "authorization", authorization);
    assertThat(response.status()).as(authorization).isEqualTo(401);
  }

  @Test
  void noTokenIsRefused() {
    assertThat(get("/").status()).isEqualTo(401);
    assertThat(get("/").body()).isEqualTo("Jwt is missing");
    assertThat(get("/?access_token=").status()).isEqualTo(401);
    assertThat(get("/", "x-convoy-jwt", "1", "x-convoy-jwt-id", "x").status()).isEqualTo(401);
  }

  private Http.Response get(String path, String... headers) {
    return Http.get("http://127.0.0.1:" + port + path, headers);
  }

  private String token(String provider, String audience) {
    return key.token(
        Map.of(
            "iss",
            "https://%s.test".formatted(provider),
            "sub",
            "alice",
            "aud",
            audience,
            "exp",
            Instant.now().getEpochSecond() + 3600));
  }
}
