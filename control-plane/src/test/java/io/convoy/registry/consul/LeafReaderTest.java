package io.convoy.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import io.convoy.catalog.Leaf;
import io.convoy.catalog.Mesh;
import io.convoy.fixture.Await;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.registry.RegistryListener;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When certificates are asked for, of a server that answers as it is told to. */
class LeafReaderTest {
  /** Valid from 2026-11-21T03:41:59Z for ten years; the key that signed it is {@link #KEY}. */
  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIICDzCCAbWgAwIBAgIBBzAKBggqhkjOPQQDAjAxMS8wLQYDVQQDEyZwcmktMWlm
      bDhsem0uY29uc3VsLmNhLmNmYjljZjg5LmNvbnN1bDAeFw0yNjExMjEwMzQxNTla
      Fw0zNjExMTgwMzQxNTlaMDExLzAtBgNVBAMTJnByaS0xaWZsOGx6bS5jb25zdWwu
      Y2EuY2ZiOWNmODkuY29uc3VsMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9BZJ
      ahBwTSjjO5Ox7FVCTe2oQKhjQn+K90mORFollzUliaNYnQT58jYVyaenQjZsICna
      dTbKDDo/8kw7EEcjAaOBvTCBujAOBgNVHQ8BAf8EBAMCAYYwDwYDVR0TAQH/BAUw
      AwEB/zApBgNVHQ4EIgQgNBQOO0y3DqrJD8P+NNy7+thajsA5kmYvJXBoUR6NG0Qw
      KwYDVR0jBCQwIoAgNBQOO0y3DqrJD8P+NNy7+thajsA5kmYvJXBoUR6NG0QwPwYD
      VR0RBDgwNoY0c3BpZmZlOi8vY2ZiOWNmODktNGVmMC1hMDgwLTcwNTUtZmFkNWY3
      M2M2MmNhLmNvbnN1bDAKBggqhkjOPQQDAgNIADBFAiBYZBvt7lmvvNKcTusrqJ/d
      LxDjK/XwkWnvN2Wv2AZazwIhAIUeEpcoIe94nMDF18h1TERkp/Wjkbf0qroNiAKp
      pAJo
      -----END CERTIFICATE-----
      """;

  private static final String KEY =
      "34:14:0e:3b:4c:b7:0e:aa:c9:0f:c3:fe:34:dc:bb:fa:d8:5a:8e:c0:39:92:66:2f:25:70:68:51:1e:8d:1b:44";
  private static final String OTHER_KEY = "ff" + KEY.substring(2);
  private static final String LEAF = "agent/connect/ca/leaf/user";
  private static final Instant BEGIN = Instant.parse("2026-11-21T03:41:59Z");

  private final FakeConsul consul = new FakeConsul();
  private final Seen seen = new Seen();
  private final AtomicReference<Instant> now = new AtomicReference<>(BEGIN.plusSeconds(60));

  /** What is told of certificates. */
  private static final class Seen implements RegistryListener {
    final List<Leaf> leaves = new CopyOnWriteArrayList<>();
    final List<String> missing = new CopyOnWriteArrayList<>();
    final List<Mesh.Authority> authorities = new CopyOnWriteArrayList<>();
    final List<String> parts = new CopyOnWriteArrayList<>();

    @Override
    public void servicesChanged(
        Collection<io.convoy.catalog.Service> changed, Collection<String> removed) {}

    @Override
    public void documentsChanged(
        RawDocument.Source source,
        Collection<RawDocument> changed,
        Collection<DocumentId> removed) {}

    @Override
    public void leafRead(Leaf leaf) {
      leaves.add(leaf);
    }

    @Override
    public void leafMissing(String service, String reason) {
      missing.add(reason);
    }

    @Override
    public void authorityRead(Mesh.Authority authority) {
      authorities.add(authority);
    }

    @Override
    public void up(String part) {
      parts.add("up " + part);
    }

    @Override
    public void down(String part, String reason) {
      parts.add("down " + part);
    }
  }

  @AfterEach
  void end() {
    consul.close();
  }

  private static String roots(String signingKey) {
    return """
    {"ActiveRootID": "a1", "TrustDomain": "cafe.consul", "Roots": [
      {"ID": "a1", "RootCert": "new", "SigningKeyID": "%s", "Active": true},
      {"ID": "a0", "RootCert": "old", "SigningKeyID": "00", "Active": false}]}
    """
        .formatted(signingKey);
  }

  private static String leaf(String key) {
    return """
    {"Service": "user", "CertPEM": "%s", "PrivateKeyPEM": "%s"}
    """
        .formatted(CERTIFICATE.replace("\n", "\\n"), key);
  }

  private static Roots read(String text) throws Exception {
    return Roots.read(
        new java.io.ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  @Test
  void theActiveRootComesFirst() throws Exception {
    Roots roots = read(roots(KEY));
    assertThat(roots.certificates()).containsExactly("new", "old");
    assertThat(roots.signingKey()).isEqualTo(KEY.replace(":", ""));
  }

  @Test
  void isAskedForAgainFromHalfOfItsLifeOn() throws Exception {
    consul.set(LEAF, leaf("secret"), 7);
    with(reader -> {
      reader.rootsRead(read(roots(KEY)));
      reader.certify(ImmutableSet.of("user"));
      Await.until("a certificate", () -> seen.leaves.size() == 1);
      assertThat(seen.leaves.getFirst().toString()).doesNotContain("secret");

      now.set(BEGIN.plus(Duration.ofDays(4 * 365)));
      reader.certify(ImmutableSet.of("user", "late"));
      Await.until("late is asked for", () -> consul.requests("agent/connect/ca/leaf/late") > 0);
      assertThat(consul.requests(LEAF)).isEqualTo(1);

      consul.set(LEAF, leaf("another"), 9);
      now.set(BEGIN.plus(Duration.ofDays(6 * 365)));
      reader.certify(ImmutableSet.of("user"));
      Await.until("another certificate", () -> seen.leaves.size() == 2);
    });
  }

  @Test
  void isAskedForUntilTheRootThatSignsNowHasSignedIt() throws Exception {
    consul.set(LEAF, leaf("secret"), 7);
    with(reader -> {
      reader.rootsRead(read(roots(KEY)));
      reader.certify(ImmutableSet.of("user"));
      Await.until("a certificate", () -> seen.leaves.size() == 1);
      reader.rootsRead(read(roots(OTHER_KEY)));
      Await.until(
          "asked for again and again",
          () -> {
            now.set(now.get().plusSeconds(30));
            reader.certify(ImmutableSet.of("user"));
            return consul.requests(LEAF) >= 3;
          });
      assertThat(seen.leaves).as("the same is told once").hasSize(1);
    });
  }

  @Test
  void whatIsMissingIsToldWithWhatToDo() throws Exception {
    consul.fail(LEAF, FakeConsul.status(403, "text/plain", "Permission denied"));
    with(reader -> {
      reader.rootsRead(read(roots(KEY)));
      reader.certify(ImmutableSet.of("user"));
      Await.until("a reason", () -> !seen.missing.isEmpty());
      assertThat(seen.missing.getFirst())
          .contains("service \"user\"", "service \"user\" { policy = \"write\" }");
      consul.heal();
      consul.set(LEAF, leaf("secret"), 7);
      Await.until(
          "a certificate",
          () -> {
            now.set(now.get().plusSeconds(30));
            reader.certify(ImmutableSet.of("user"));
            return seen.leaves.size() == 1;
          });
    });
  }

  @Test
  void withoutAnAuthorityEverythingElseIsServed() {
    consul.fail(
        "agent/connect/ca/roots",
        FakeConsul.status(500, "text/plain", "Connect must be enabled in order to use this"));
    var meters = new SimpleMeterRegistry();
    try (var registry = new ConsulRegistry(ConsulWeatherTest.settings(consul), meters, true)) {
      registry.start(seen);
      Await.until("all parts", () -> seen.parts.size() == registry.parts().size());
      assertThat(seen.parts).allMatch(part -> part.startsWith("up"));
      assertThat(seen.authorities).isEmpty();
      consul.heal();
      consul.set("agent/connect/ca/roots", roots(KEY), 11);
      consul.set("catalog/datacenters", "[\"dc7\", \"dc1\"]", 1);
      Await.until("an authority", () -> !seen.authorities.isEmpty());
      assertThat(seen.authorities.getFirst()).isEqualTo(new Mesh.Authority("cafe.consul", "dc7"));
    }
  }

  private interface Steps {
    void run(LeafReader reader) throws Exception;
  }

  private void with(Steps steps) throws Exception {
    ConsulSettings settings = ConsulWeatherTest.settings(consul);
    var metrics = new ConsulMetrics(new SimpleMeterRegistry());
    var context =
        new ConsulRegistry.Context(
            settings, new ConsulHttp(settings, metrics), metrics, new Lifetime(), new Random(7));
    var reader = new LeafReader(context, seen, now::get);
    Thread thread = Thread.ofVirtual().start(reader);
    try {
      steps.run(reader);
    } finally {
      context.lifetime().end();
      thread.interrupt();
      thread.join();
      context.http().close();
    }
  }
}
