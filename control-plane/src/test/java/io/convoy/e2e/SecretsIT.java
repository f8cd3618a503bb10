package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Http;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Secrets of documents reach Envoys, and nobody else. */
class SecretsIT {
  private static final String HASH = "5en6G6MezRroT3XKqkdPOmY/BfQ=";
  private static final String API_KEY = "key-of-acme-4f1c2a9b";
  private static final String SYMMETRIC = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA";
  private static final String KEY_SET =
      Base64.getEncoder()
          .encodeToString(
              ("{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"alg\":\"HS256\",\"k\":\""
                      + SYMMETRIC
                      + "\"}]}")
                  .getBytes(UTF_8));
  private static final String[] SECRETS = {HASH, API_KEY, SYMMETRIC, KEY_SET};

  private static void documents(ConsulFixture consul) {
    consul.putKey(
        "convoy/jwt-provider/okta",
        "{Issuer: okta, JSONWebKeySet: {Local: {JWKS: %s}}}".formatted(KEY_SET));
    consul.putKey(
        "convoy/security-policy/order",
        "{TargetRefs: [{Kind: service, Name: order}], APIKeys: {Credentials: [{Client: acme, Key:"
            + " %s}], ExtractFrom: [{Headers: [x-api-key]}]}}".formatted(API_KEY));
    consul.putKey(
        "convoy/security-policy/user",
        "{TargetRefs: [{Kind: service, Name: user}], BasicAuth: {Users: ['alice:{SHA}%s']}}"
            .formatted(HASH));
    consul.putKey(
        "convoy/security-policy/stock",
        "{TargetRefs: [{Kind: service, Name: stock}], JWT: {Providers: [okta]}}");
    // Those that are refused hold secrets, too.
    consul.putKey(
        "convoy/security-policy/refused",
        "{TargetRefs: [{Kind: service, Name: none}], BasicAuth: {Users: [%s]}}".formatted(HASH));
    consul.putKey(
        "convoy/security-policy/misspelt",
        "{TargetRefs: [{Kind: service, Name: none}], APIKeys: {Credentials: [{Client: a, Kee: %s}]}}"
            .formatted(API_KEY));
  }

  private static void services(ConsulFixture consul, Backend backend) {
    for (String service : List.of("order", "user", "stock", "open")) {
      consul.register(service, service, backend.port(), "convoy-path", "/" + service + "/");
    }
  }

  private static void awaitGuarded(Gateway gateway) {
    Await.untilAsserted(() -> {
      assertThat(gateway.get("/order/", "x-api-key", API_KEY).status()).isEqualTo(200);
      assertThat(gateway.get("/order/").status()).isEqualTo(401);
      assertThat(gateway.get("/user/").status()).isEqualTo(401);
      assertThat(gateway.get("/stock/").status()).isEqualTo(401);
      assertThat(gateway.get("/open/").status()).isEqualTo(200);
    });
  }

  @Test
  void noneIsShownLoggedOrSaved(@TempDir Path data) throws IOException {
    var log = new ListAppender<ILoggingEvent>();
    log.start();
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(log);
    try (ConsulFixture consul = ConsulFixture.start();
        ControlPlane convoy = new ControlPlane(consul.url(), Optional.of(data)).awaitReady();
        Backend backend = new Backend("backend");
        Gateway gateway = new Gateway(convoy, "gateway", true).awaitReady()) {
      services(consul, backend);
      documents(consul);
      awaitGuarded(gateway);
      Await.untilAsserted(
          () -> assertThat(convoy.admin("/policies").body()).contains("misspelt", "refused"));
      assertClean("/", convoy);
      assertClean("/metrics", convoy);
      assertClean("/nodes", convoy);
      assertClean("/catalog", convoy);
      assertClean("/nodes/" + gateway.id(), convoy);
      assertPoliciesAreClean(convoy);
      assertThat(assertSnapshotsAreClean(convoy)).isGreaterThan(10);
      // The end of the process saves.
      convoy.restart();
      convoy.awaitReady();
      assertFilesAreClean(data);
    } finally {
      root.detachAppender(log);
    }
    assertThat(log.list.stream().map(ILoggingEvent::getFormattedMessage))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).doesNotContain(SECRETS));
  }

  /** Consul is away, and what was saved has no secrets. */
  @Test
  void aStartWithoutThemClosesWhatTheyGuardAndServesTheRest(@TempDir Path data) {
    try (ConsulFixture consul = ConsulFixture.builder().persistent().start();
        ControlPlane convoy = new ControlPlane(consul.url(), Optional.of(data)).awaitReady();
        Backend backend = new Backend("backend");
        Gateway before = new Gateway(convoy, "gateway", true).awaitReady()) {
      services(consul, backend);
      documents(consul);
      awaitGuarded(before);
      consul.kill();
      convoy.restart();
      Await.untilAsserted(
          () -> assertThat(convoy.admin("/readyz").body()).contains("servedFromDiskOf"));
      try (Gateway after = new Gateway(convoy, "gateway", true).awaitReady()) {
        after.awaitBackend("/open/", "backend");
        assertThat(after.get("/order/").status()).isEqualTo(403);
        assertThat(after.get("/order/", "x-api-key", API_KEY).status()).isEqualTo(403);
        assertThat(after.get("/user/").status()).isEqualTo(403);
        assertThat(after.get("/stock/").status()).isEqualTo(401);
        assertThat(after.get("/order/", "x-api-key", "<redacted sha256:000000000000>").status())
            .isEqualTo(403);
      }
      consul.restart();
      awaitGuarded(before);
    }
  }

  private static void assertClean(String path, ControlPlane convoy) {
    Http.Response response = convoy.admin(path);
    assertThat(response.status()).as(path).isEqualTo(200);
    assertThat(response.body()).as(path).doesNotContain(SECRETS);
  }

  private static void assertPoliciesAreClean(ControlPlane convoy) throws IOException {
    assertClean("/policies", convoy);
    for (JsonNode policy : json(convoy, "/policies")) {
      String path =
          "/policies/" + policy.path("kind").asText() + "/" + policy.path("name").asText();
      assertClean(path, convoy);
    }
    assertThat(convoy.admin("/policies/security-policy/order").body())
        .contains("<redacted sha256:");
  }

  /** How many resources there are. */
  private static int assertSnapshotsAreClean(ControlPlane convoy) throws IOException {
    int resources = 0;
    boolean redacted = false;
    for (String group : List.copyOf(groups(json(convoy, "/snapshots")))) {
      JsonNode types = json(convoy, "/snapshots/" + group);
      for (var type : types.properties()) {
        for (var resource : type.getValue().properties()) {
          String path =
              "/snapshots/%s/%s/%s".formatted(group, type.getKey(), encoded(resource.getKey()));
          assertClean(path, convoy);
          redacted |= convoy.admin(path).body().contains("<redacted sha256:");
          resources++;
        }
      }
    }
    assertThat(redacted).isTrue();
    return resources;
  }

  private static List<String> groups(JsonNode snapshots) {
    return snapshots.findValuesAsText("group").isEmpty()
        ? Stream.iterate(0, i -> i < snapshots.size(), i -> i + 1)
            .map(i -> snapshots.get(i).asText())
            .toList()
        : snapshots.findValuesAsText("group");
  }

  private static String encoded(String name) {
    return java.net.URLEncoder.encode(name, UTF_8).replace("+", "%20");
  }

  private static JsonNode json(ControlPlane convoy, String path) throws IOException {
    return JsonMapper.builder().build().readTree(convoy.admin(path).body());
  }

  private static void assertFilesAreClean(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      List<Path> all = files.toList();
      assertThat(all).isNotEmpty();
      for (Path file : all) {
        byte[] bytes = Files.readAllBytes(file);
        assertThat(new String(bytes, ISO_8859_1)).doesNotContain(SECRETS);
        int end = new String(bytes, ISO_8859_1).indexOf('\n') + 1;
        try (var gzip =
            new GZIPInputStream(new ByteArrayInputStream(bytes, end, bytes.length - end))) {
          assertThat(new String(gzip.readAllBytes(), UTF_8))
              .contains("security-policy", "<redacted sha256:")
              .doesNotContain(SECRETS);
        }
      }
    }
  }
}
