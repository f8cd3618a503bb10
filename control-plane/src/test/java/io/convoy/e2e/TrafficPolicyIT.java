package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.Http;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a {@code backend-traffic-policy} asks for is what a real Envoy does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrafficPolicyIT {
  private final List<Scripted> services = new ArrayList<>();
  private ConsulFixture consul;
  private ControlPlane convoy;
  private Gateway gateway;

  @BeforeAll
  void start() {
    consul = ConsulFixture.start();
    convoy = new ControlPlane(consul.url()).awaitReady();
    gateway = new Gateway(convoy, "gateway", true).awaitReady();
  }

  @AfterAll
  void stop() {
    gateway.close();
    convoy.close();
    services.forEach(Scripted::close);
    consul.close();
  }

  /** An instance of a service at {@code /NAME/}, once the gateway knows it. */
  private Scripted instance(String service, String id) {
    var instance = new Scripted(id);
    services.add(instance);
    consul.register(service, id, instance.port(), "convoy-path", "/" + service + "/");
    gateway.awaitBackend("/" + service + "/", id);
    return instance;
  }

  private void policy(String service, String fields) {
    consul.putKey(
        "convoy/backend-traffic-policy/" + service,
        "TargetRefs: [{Kind: service, Name: %s}]\n%s\n".formatted(service, fields));
  }

  private void awaitStatus(String path, int status) {
    Await.untilAsserted(() -> assertThat(gateway.get(path).status()).isEqualTo(status));
  }

  private void awaitFlag(String path, String flag) {
    Await.until(
        "flag " + flag + " in the access log",
        () -> !gateway.logged("\"path\":\"" + path + "\"", "\"flags\":\"" + flag + "\"").isEmpty());
  }

  private void awaitProgrammed(String policy) {
    Await.until(
        "every gateway has acknowledged " + policy,
        () ->
            convoy
                .admin("/policies/backend-traffic-policy/" + policy)
                .body()
                .replaceAll("\\s", "")
                .contains("\"programmed\":{\"acked\":1,\"total\":1}"));
  }

  /** Which instances answer {@code path}, and with which statuses. */
  private Set<String> answers(String path, String... headers) {
    Set<String> answers = new HashSet<>();
    for (int i = 0; i < 12; i++) {
      Http.Response response = gateway.get(path, headers);
      answers.add(response.header("x-backend") + " " + response.status());
    }
    return answers;
  }

  @Test
  void retries() {
    Scripted service = instance("retried", "retried-1");
    service.fail(1);
    assertThat(gateway.get("/retried/").status()).isEqualTo(503);

    policy(
        "retried",
        "Retry: {NumRetries: 2, RetryOn: {HTTPStatusCodes: [503]}, PerRetry: {BackOff: {BaseInterval: 1ms}}}");
    Await.untilAsserted(() -> {
      service.fail(1);
      assertThat(gateway.get("/retried/").status()).isEqualTo(200);
    });
    int before = service.requests();
    service.fail(2);
    assertThat(gateway.get("/retried/").status()).isEqualTo(200);
    assertThat(service.requests() - before).isEqualTo(3);
    service.fail(3);
    assertThat(gateway.get("/retried/three").status()).isEqualTo(503);
    awaitFlag("/retried/three", "URX");
  }

  @Test
  void tries() {
    Scripted service = instance("tried", "tried-1");
    policy(
        "tried",
        "Timeout: {HTTP: {RequestTimeout: 15s}}\n"
            + "Retry: {NumRetries: 1, RetryOn: {Triggers: [5xx]}, PerRetry: {Timeout: 200ms}}");
    awaitProgrammed("tried");
    service.hold();
    int before = service.requests();
    assertThat(gateway.get("/tried/").status()).isEqualTo(504);
    assertThat(service.requests() - before).isEqualTo(2);
    service.release();
  }

  @Test
  void timesOut() {
    Scripted service = instance("slow", "slow-1");
    policy("slow", "Timeout: {HTTP: {RequestTimeout: 200ms}}");
    service.hold();
    Await.untilAsserted(() -> assertThat(gateway.get("/slow/held").status()).isEqualTo(504));
    awaitFlag("/slow/held", "UT");
    service.release();
    assertThat(gateway.get("/slow/").status()).isEqualTo(200);
  }

  @Test
  void limitsStreams() {
    Scripted service = instance("stream", "stream-1");
    policy("stream", "Timeout: {HTTP: {RequestTimeout: 0s, MaxStreamDuration: 200ms}}");
    awaitProgrammed("stream");
    service.hold();
    assertThat(gateway.get("/stream/held").status()).isEqualTo(504);
    Await.until(
        "the access log says why",
        () -> !gateway.logged("\"path\":\"/stream/held\"", "max_duration_timeout").isEmpty());
    service.release();
  }

  @Test
  void mirrors() {
    instance("shown", "shown-1");
    Scripted mirror = instance("mirror", "mirror-1");
    policy("shown", "Mirror: {Service: mirror}");
    Await.untilAsserted(() -> {
      assertThat(gateway.get("/shown/", "host", "shop.test").header("x-backend"))
          .isEqualTo("shown-1");
      assertThat(mirror.hosts()).anyMatch(host -> host.startsWith("shop.test-shadow"));
    });
    policy("shown", "Mirror: {Service: mirror, Percentage: 0}");
    Await.untilAsserted(() -> {
      int before = mirror.requests();
      assertThat(answers("/shown/")).containsExactly("shown-1 200");
      assertThat(mirror.requests()).isEqualTo(before);
    });
  }

  @Test
  void injectsFaults() {
    Scripted service = instance("faulty", "faulty-1");
    policy("faulty", "FaultInjection: {Abort: {HTTPStatus: 418}}");
    awaitStatus("/faulty/abort", 418);
    int before = service.requests();
    assertThat(answers("/faulty/abort")).containsExactly(" 418");
    assertThat(service.requests()).isEqualTo(before);
    awaitFlag("/faulty/abort", "FI");

    // A client's headers ask for nothing.
    policy(
        "faulty",
        "FaultInjection: {Delay: {FixedDelay: 100ms}, Abort: {HTTPStatus: 418, Percentage: 0}}");
    awaitStatus("/faulty/delay", 200);
    awaitFlag("/faulty/delay", "DI");
    assertThat(answers("/faulty/", "x-envoy-fault-abort-request", "503"))
        .containsExactly("faulty-1 200");

    policy("faulty", "FaultInjection: {Abort: {GRPCStatus: 14}}");
    Await.untilAsserted(() ->
        assertThat(
                gateway.get("/faulty/", "content-type", "application/grpc").header("grpc-status"))
            .isEqualTo("14"));
  }

  @Test
  void compresses() {
    instance("long", "long-1");
    assertThat(encoding("/long/", "gzip")).isEmpty();
    policy("long", "Compression: {}");
    Await.untilAsserted(() -> assertThat(encoding("/long/", "gzip")).isEqualTo("gzip"));
    assertThat(encoding("/long/", "br")).isEqualTo("br");
    assertThat(encoding("/long/", "zstd")).isEqualTo("zstd");
    assertThat(encoding("/long/", "gzip, br, zstd")).isEqualTo("zstd");
    assertThat(encoding("/long/", "gzip;q=1, zstd;q=0.5")).isEqualTo("gzip");
    assertThat(encoding("/long/", "deflate")).isEmpty();
    assertThat(encoding("/long/a.png", "gzip")).isEmpty();

    policy("long", "Compression: {Algorithms: [brotli, gzip], ContentTypes: [image/png]}");
    Await.untilAsserted(() -> assertThat(encoding("/long/a.png", "gzip")).isEqualTo("gzip"));
    assertThat(encoding("/long/a.png", "gzip, br, zstd")).isEqualTo("br");
    assertThat(encoding("/long/", "gzip")).isEmpty();
    assertThat(encoding("/long/a.png", "zstd")).isEmpty();

    policy("long", "Compression: {MinContentLength: 1000000}");
    Await.untilAsserted(() -> assertThat(encoding("/long/a.png", "gzip")).isEmpty());
    assertThat(encoding("/long/", "gzip")).isEmpty();
  }

  private String encoding(String path, String accepted) {
    Http.Response response = gateway.get(path, "accept-encoding", accepted);
    assertThat(response.status()).isEqualTo(200);
    return response.header("content-encoding");
  }

  @Test
  void breaksTheCircuit() {
    Scripted service = instance("busy", "busy-1");
    policy(
        "busy", "CircuitBreaker: {MaxParallelRequests: 1}\nTimeout: {HTTP: {RequestTimeout: 0s}}");
    Await.until(
        "the circuit breaker is in force",
        () ->
            gateway
                .envoy()
                .admin("/clusters")
                .contains("busy::default_priority::max_requests::1\n"));
    service.hold();
    int before = service.requests();
    var held = CompletableFuture.supplyAsync(() -> gateway.get("/busy/"));
    Await.until("a request waits", () -> service.requests() > before);
    assertThat(gateway.get("/busy/too-many").status()).isEqualTo(503);
    awaitFlag("/busy/too-many", "UO");
    service.release();
    assertThat(held.join().status()).isEqualTo(200);
    awaitStatus("/busy/", 200);
  }

  @Test
  void checksHealthAndPanics() {
    Scripted one = instance("checked", "checked-1");
    Scripted two = instance("checked", "checked-2");
    policy(
        "checked",
        "HealthCheck: {Active: {Interval: 50ms, UnhealthyThreshold: 1, HTTP: {Path: /healthz}}}");
    one.healthy(false);
    Await.untilAsserted(() -> assertThat(answers("/checked/")).containsExactly("checked-2 200"));
    two.healthy(false);
    awaitStatus("/checked/none", 503);
    awaitFlag("/checked/none", "UH");

    policy(
        "checked",
        "HealthCheck: {PanicThreshold: 50, Active: {Interval: 50ms, UnhealthyThreshold: 1, HTTP: {Path: /healthz}}}");
    Await.untilAsserted(() ->
        assertThat(answers("/checked/"))
            .containsExactlyInAnyOrder("checked-1 200", "checked-2 200"));

    one.healthy(true);
    two.healthy(true);
    policy(
        "checked",
        "HealthCheck: {Active: {Interval: 50ms, HTTP: {Path: /healthz, ExpectedStatuses: [500]}}}");
    awaitStatus("/checked/", 503);
    policy("checked", "HealthCheck: {Active: {Interval: 50ms, TCP: {}}}");
    awaitStatus("/checked/", 200);
  }

  @Test
  void ejectsOutliers() {
    Scripted one = instance("outlier", "outlier-1");
    Scripted two = instance("outlier", "outlier-2");
    policy(
        "outlier",
        "HealthCheck: {Passive: {Consecutive5xxErrors: 2, BaseEjectionTime: 1h, MaxEjectionTime: 1h, MaxEjectionPercent: 50}}");
    awaitProgrammed("outlier");
    one.fail(1_000);
    Await.untilAsserted(() -> assertThat(answers("/outlier/")).containsExactly("outlier-2 200"));
    assertThat(gateway.envoy().stat("cluster.outlier.outlier_detection.ejections_active"))
        .isEqualTo(1);
    // No more than half of them are out at a time.
    two.fail(1_000);
    IntStream.range(0, 10).forEach(_ -> gateway.get("/outlier/"));
    assertThat(gateway.envoy().stat("cluster.outlier.outlier_detection.ejections_active"))
        .isEqualTo(1);
  }

  @Test
  void hashes() {
    instance("hashed", "hashed-1");
    instance("hashed", "hashed-2");
    policy(
        "hashed",
        "LoadBalancer: {Policy: maglev, HashPolicies: [{Field: header, FieldValue: x-user-id}]}");
    Await.untilAsserted(() -> {
      var instances = new HashSet<String>();
      for (int user = 0; user < 20; user++) {
        Set<String> ofUser = answers("/hashed/", "x-user-id", "user-" + user);
        assertThat(ofUser).hasSize(1);
        instances.addAll(ofUser);
      }
      assertThat(instances).hasSize(2);
    });
  }

  /** The most specific counts, and the status says what cannot be done. */
  @Test
  void precedence() {
    instance("ranked", "ranked-1");
    consul.putKey(
        "convoy/http-route/ranked",
        """
        Rules:
        - {Matches: [{Path: {Match: prefix, Value: /ranked-0/}}], Services: [{Name: ranked}]}
        - {Matches: [{Path: {Match: prefix, Value: /ranked-1/}}], Services: [{Name: ranked}]}
        """);
    policy("ranked", "FaultInjection: {Abort: {HTTPStatus: 410}}");
    consul.putKey(
        "convoy/backend-traffic-policy/ranked-rule",
        """
        TargetRefs: [{Kind: http-route, Name: ranked, Rule: 1}, {Kind: service, Name: nobody}]
        FaultInjection: {Abort: {HTTPStatus: 411}}
        """);
    awaitStatus("/ranked/", 410);
    awaitStatus("/ranked-0/", 410);
    awaitStatus("/ranked-1/", 411);
    consul.putKey(
        "convoy/backend-traffic-policy/younger",
        "TargetRefs: [{Kind: service, Name: ranked}]\nFaultInjection: {}\n");
    Await.untilAsserted(() ->
        assertThat(convoy.admin("/policies/backend-traffic-policy/younger").body())
            .contains("is that of backend-traffic-policy/ranked, which is older"));
    assertThat(gateway.get("/ranked/").status()).isEqualTo(410);
    assertThat(convoy.admin("/policies/backend-traffic-policy/ranked-rule").body())
        .contains("service \\\"nobody\\\" is not in the catalog");
  }
}
