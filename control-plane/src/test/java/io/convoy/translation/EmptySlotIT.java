package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.net.HostAndPort;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.cli.Bootstrap;
import io.convoy.cli.local.FreePorts;
import io.convoy.fixture.Await;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.fixture.Http;
import io.convoy.snapshot.Snapshot;
import io.convoy.snapshot.Snapshots;
import io.convoy.xds.XdsServer;
import io.convoy.xds.XdsSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A route names a slot whose content an Envoy has not: a guard denies, a limit lets pass. */
class EmptySlotIT {
  private static final String PROVIDER =
      """
      Kind: jwt-provider
      Name: okta
      Issuer: https://okta.test
      JSONWebKeySet: {Remote: {URI: "https://keys.test/"}}
      ---
      """;
  private static final String TARGET = "TargetRefs: [{Kind: service, Name: user}]\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jwt|JWT: {Requirement: {Any: [{Provider: okta}, {AllowMissing: true}]}}|403",
        "revocation|Revocation: {Sub: [mallory]}|403",
        "rbac|Authorization: {DefaultAction: Allow}|403",
        "limit|RateLimit: {Local: {Rules: [{Limit: {Requests: 1000, Unit: Day}}]}}|200"
      })
  void whatWaitsForItsContentLetsNobodyPassAGuard(String lane, String fields, int waiting)
      throws Exception {
    int port = FreePorts.next();
    var group = new NodeGroup(NodeGroup.Role.GATEWAY, "gateway", port);
    var snapshots = new Snapshots(asked -> {});
    try (var user = new EchoService("user");
        var server =
            XdsServer.start(
                XdsSettings.plain("127.0.0.1", 0),
                snapshots,
                new SimpleMeterRegistry(),
                (of, key, version, message, held) -> {})) {
      Translation full = translation(group, user.port(), lane, fields);
      List<Resource> content =
          full.resources().stream()
              .filter(resource -> resource.key().type() == ResourceType.EXTENSIONS)
              .toList();
      assertThat(content).hasSize(1);
      assertThat(content.getFirst().key().name()).startsWith(lane);
      snapshots.publish(
          snapshot(group, full, resource -> resource.key().type() != ResourceType.EXTENSIONS));
      var bootstrap =
          new Bootstrap(
              "gateway",
              "gateway",
              "envoy",
              ImmutableList.of(HostAndPort.fromParts("127.0.0.1", server.port())),
              true,
              0,
              port,
              Optional.empty());
      try (var envoy = EnvoyFixture.start(bootstrap.render())) {
        Await.until("Envoy is ready", envoy::isReady);
        String url = "http://127.0.0.1:" + port + "/";
        Await.untilAsserted(() -> assertThat(Http.get(url).status()).isEqualTo(waiting));
        snapshots.publish(snapshot(group, full, resource -> true));
        Await.untilAsserted(() -> assertThat(Http.get(url).status()).isEqualTo(200));
        snapshots.publish(
            snapshot(group, full, resource -> resource.key().type() != ResourceType.EXTENSIONS));
        Await.untilAsserted(() -> assertThat(Http.get(url).status()).isEqualTo(waiting));
      }
    }
  }

  /** As if nothing said that the content must be there first. */
  private static Snapshot snapshot(
      NodeGroup group, Translation translation, Predicate<Resource> which) {
    return Snapshot.of(
        group,
        translation.resources().stream()
            .filter(which)
            .map(resource ->
                new Resource(
                    resource.key(),
                    resource.body(),
                    resource.version(),
                    resource.documents(),
                    resource.references().stream()
                        .filter(key -> key.type() != ResourceType.EXTENSIONS)
                        .collect(ImmutableSet.toImmutableSet())))
            .toList());
  }

  private static Translation translation(NodeGroup group, int port, String lane, String fields) {
    var instance =
        new Instance(
            "node",
            "user-1",
            "127.0.0.1",
            port,
            ImmutableSortedSet.of(),
            ImmutableSortedMap.of("convoy-path", "/"),
            1,
            Health.PASSING,
            Locality.UNKNOWN,
            1);
    String kind = lane.equals("limit") ? "backend-traffic-policy" : "security-policy";
    return new Translator(group)
        .translate(
            Catalog.EMPTY.with(List.of(Service.of("user", List.of(instance))), List.of()),
            GoldenCase.policies(
                PROVIDER + "Kind: " + kind + "\nName: slot\n" + TARGET + fields + "\n"));
  }
}
