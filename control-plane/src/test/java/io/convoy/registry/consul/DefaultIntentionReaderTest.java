package io.convoy.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.catalog.Mesh.DefaultIntention;
import io.convoy.fixture.Await;
import io.convoy.registry.Recorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What holds where no intention does: as the agent says, and denial where it does not. */
class DefaultIntentionReaderTest {
  private static final String SELF = "agent/self";

  private final FakeConsul consul = new FakeConsul();
  private final Recorder seen = new Recorder();
  private final Lifetime lifetime = new Lifetime();
  private final Thread reading = Thread.ofVirtual().unstarted(reader());

  private DefaultIntentionReader reader() {
    var metrics = new ConsulMetrics(new SimpleMeterRegistry());
    ConsulSettings settings = ConsulWeatherTest.settings(consul);
    try {
      var context =
          new ConsulRegistry.Context(
              settings, new ConsulHttp(settings, metrics), metrics, lifetime, new Random(1));
      var status = new PartStatus("part", List.of(DefaultIntentionReader.QUERY), seen);
      return new DefaultIntentionReader(context, status, seen, Duration.ofMillis(20));
    } catch (ConsulFault fault) {
      throw new IllegalStateException(fault);
    }
  }

  @AfterEach
  void stop() {
    lifetime.end();
    consul.close();
  }

  private static String self(String own, String acl) {
    return """
    {"Config": {"Datacenter": "dc1"},
     "DebugConfig": {"ACLsEnabled": false, "DefaultIntentionPolicy": "%s", "ACLResolverSettings": {"ACLDefaultPolicy": "%s"}}}
    """
        .formatted(own, acl);
  }

  private void expect(DefaultIntention policy) {
    Await.untilAsserted(() -> assertThat(seen.defaultIntention()).contains(policy));
  }

  @ParameterizedTest
  @CsvSource({
    "allow, deny, ALLOW",
    "deny, allow, DENY",
    "'', allow, ALLOW",
    "'', deny, DENY",
    "'', '', DENY",
    "'', extend-cache, DENY",
    "perhaps, allow, DENY",
  })
  void theAgentsOwnComesBeforeThatOfItsAcls(String own, String acl, DefaultIntention expected) {
    consul.set(SELF, self(own, acl), 1);
    reading.start();
    expect(expected);
  }

  @ParameterizedTest
  @CsvSource({"'{}'", "'[]'", "'{\"DebugConfig\": {\"DefaultIntentionPolicy\": null}}'"})
  void whatDoesNotSayItDenies(String body) {
    consul.set(SELF, body, 1);
    reading.start();
    expect(DefaultIntention.DENY);
  }

  @Test
  void whoMayNotReadItDenies() {
    consul.set(SELF, self("allow", "allow"), 1);
    reading.start();
    expect(DefaultIntention.ALLOW);
    consul.fail(SELF, FakeConsul.status(403, "text/plain", "Permission denied"));
    expect(DefaultIntention.DENY);
    consul.heal();
    expect(DefaultIntention.ALLOW);
  }

  /** An agent that is away has changed nothing; the next one may be configured otherwise. */
  @Test
  void theLastAnswerStandsUntilTheNext() {
    consul.set(SELF, self("allow", "deny"), 1);
    reading.start();
    expect(DefaultIntention.ALLOW);
    consul.fail(SELF, FakeConsul.status(500, "text/plain", "No cluster leader"));
    Await.untilAsserted(
        () -> assertThat(seen.events()).anyMatch(event -> event.startsWith("down part")));
    assertThat(seen.defaultIntention()).contains(DefaultIntention.ALLOW);
    consul.set(SELF, self("deny", "deny"), 1);
    consul.heal();
    expect(DefaultIntention.DENY);
  }
}
