package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.catalog.Catalog;
import io.convoy.policy.Policies;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.convoy.translation.Translation;
import io.convoy.translation.Translator;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A real Envoy says what it thinks of a translation. */
class EnvoyCheckIT {

  @Test
  void goodIsAccepted() {
    Translation good =
        new Translator(new NodeGroup(NodeGroup.Role.GATEWAY, "gateway", 0))
            .translate(Catalog.EMPTY, Policies.EMPTY);
    assertThat(EnvoyCheck.find().refusal(good, ImmutableList.of())).isEmpty();
  }

  @Test
  void brokenIsRefusedInEnvoysWords() {
    Cluster impossible =
        Cluster.newBuilder()
            .setConnectTimeout(com.google.protobuf.Duration.newBuilder().setSeconds(-1))
            .build();
    Resource broken =
        Resource.of(
            new ResourceKey(ResourceType.CLUSTERS, "user"),
            impossible,
            ImmutableSet.of(),
            ImmutableSet.of());
    assertThat(
            EnvoyCheck.find()
                .refusal(
                    new Translation(ImmutableList.of(broken), ImmutableSetMultimap.of()),
                    ImmutableList.of())
                .orElseThrow())
        .contains("Expected positive duration")
        .doesNotContain("\n", "[critical]");
  }

  /** Without certificates Envoy would refuse any that is to show one. */
  @Test
  void sidecarsAreLookedAtWithCertificatesInPlaceOfConsuls() {
    Translation sidecar =
        new Translator(new NodeGroup(NodeGroup.Role.SIDECAR, "order", 0))
            .translate(
                Catalog.EMPTY.with(
                    List.of(StandIn.service("order"), StandIn.service("user")), List.of()),
                Policies.EMPTY,
                StandIn.MESH);
    assertThat(EnvoyCheck.find().refusal(sidecar, StandIn.secrets())).isEmpty();
    assertThat(EnvoyCheck.find().refusal(sidecar, ImmutableList.of()).orElseThrow())
        .contains("Unknown static certificate");
  }

  @Test
  void theExamplesPassTogether() {
    Cli.Result result = Cli.run("validate", Path.of("..", "docs", "examples").toString());
    assertThat(result.err()).doesNotContain("no Envoy was asked", "envoy refuses");
    assertThat(result.exitCode()).isZero();
  }
}
