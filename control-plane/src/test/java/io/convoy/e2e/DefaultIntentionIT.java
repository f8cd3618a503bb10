package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What becomes of a call that no intention is about, through both sidecars: what the agent's own
 * policy says, else what its ACLs do by default, and a denial where Convoy may not know.
 */
class DefaultIntentionIT {
  private static final String ROOT = "root-token";

  /** All that Convoy asks for but the agent's configuration. */
  private static final String RULES =
      """
      service_prefix \\"\\" { policy = \\"write\\" intentions = \\"read\\" } node_prefix \\"\\" { policy = \\"read\\" } \
      key_prefix \\"convoy/\\" { policy = \\"read\\" } operator = \\"read\\" mesh = \\"read\\"\
      """;

  private static final String AGENT = " agent_prefix \\\"\\\" { policy = \\\"read\\\" }";

  @ParameterizedTest(
      name = "ACLs {0}, default_intention_policy {1}, the agent may be read {2}: {3}")
  @CsvSource({
    "allow, -, true, 200",
    "deny, -, true, 403",
    "allow, deny, true, 403",
    "deny, allow, true, 200",
    "deny, allow, false, 403",
  })
  void aCallThatNoIntentionIsAbout(
      String acls, String policy, boolean mayReadAgent, String expected) {
    ConsulFixture.Builder builder = ConsulFixture.builder().acl(ROOT, acls);
    if (!policy.equals("-")) {
      builder.config("{\"default_intention_policy\": \"%s\"}".formatted(policy));
    }
    try (ConsulFixture consul = builder.start();
        HeaderEcho app = new HeaderEcho();
        ControlPlane convoy =
            ControlPlane.withToken(
                consul.url(), token(consul, mayReadAgent ? RULES + AGENT : RULES))) {
      int api = MeshStage.freePort();
      int web = MeshStage.freePort();
      int out = MeshStage.freePort();
      register(consul, "api", api, app.port(), "");
      register(consul, "web", web, app.port(), "api:" + out);
      convoy.awaitReady();
      try (EnvoyFixture called = convoy.sidecar("api", api);
          EnvoyFixture caller = convoy.sidecar("web", web)) {
        Await.until("both sidecars are ready", () -> called.isReady() && caller.isReady());
        awaitStatus(out, expected);
        // What is said counts, whatever is the default: so this was not merely broken.
        String other = expected.equals("200") ? "deny" : "allow";
        consul
            .api()
            .putConfig(
                "{\"Kind\": \"service-intentions\", \"Name\": \"api\", \"Sources\": [{\"Name\": \"web\", \"Action\": \"%s\"}]}"
                    .formatted(other));
        awaitStatus(out, other.equals("allow") ? "200" : "403");
        consul.api().deleteConfig("service-intentions", "api");
        awaitStatus(out, expected);
      }
    }
  }

  private static void awaitStatus(int port, String status) {
    Await.untilAsserted(
        () -> assertThat(MeshAnswer.to(port, "GET", "/").status()).isEqualTo(status));
  }

  private static String token(ConsulFixture consul, String rules) {
    Http.put(
        consul.url() + "/v1/acl/policy",
        "{\"Name\": \"convoy\", \"Rules\": \"%s\"}".formatted(rules),
        "X-Consul-Token",
        ROOT);
    String answer =
        Http.put(
                consul.url() + "/v1/acl/token",
                "{\"Policies\": [{\"Name\": \"convoy\"}]}",
                "X-Consul-Token",
                ROOT)
            .body();
    Matcher secret = Pattern.compile("\"SecretID\": *\"([^\"]+)\"").matcher(answer);
    assertThat(secret.find()).as(answer).isTrue();
    return secret.group(1);
  }

  private static void register(
      ConsulFixture consul, String service, int port, int appPort, String calls) {
    consul.register(
        service,
        service,
        port,
        "convoy-app-port",
        String.valueOf(appPort),
        "convoy-outbound-port",
        String.valueOf(MeshStage.freePort()),
        "convoy-upstreams",
        calls);
  }
}
