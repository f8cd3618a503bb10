package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Leaf;
import io.convoy.fixture.Certificates;
import io.convoy.fixture.EnvoyFixture;
import io.convoy.policy.Policies;
import io.convoy.translation.http.HeaderMatchers;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden output is what Envoy takes. */
class GoldenIT {
  /** What takes its place is younger than the library's messages, and unknown to older Envoys. */
  private static final String KNOWN_TO_BE_DEPRECATED =
      "compressor.v3.Compressor.CommonDirectionConfig.content_type'";

  private static final ImmutableList<Resource> SECRETS = secrets();

  private static ImmutableList<Resource> secrets() {
    Certificates own = Certificates.create();
    var leaf =
        new Leaf(
            "gateway",
            GoldenCase.content(own.serverCertificate()),
            GoldenCase.content(own.serverKey()),
            Instant.EPOCH,
            Instant.MAX);
    return new MeshSecrets()
        .resources(ImmutableList.of(GoldenCase.content(own.authority())), Optional.of(leaf));
  }

  static List<GoldenCase> cases() {
    return GoldenCase.all().stream()
        .filter(golden -> golden.group().role() != NodeGroup.Role.GRPC)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void accepted(GoldenCase golden) {
    var validation = EnvoyFixture.validate(StaticBootstrap.of(golden.translate(), SECRETS));
    assertThat(validation.accepted()).as(validation.output()).isTrue();
    assertThat(validation.output().lines().filter(line -> !line.contains(KNOWN_TO_BE_DEPRECATED)))
        .noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("deprecated"));
  }

  /** Shows that Envoy looks at what is inlined: without it, the other test would prove nothing. */
  @Test
  void brokenIsRefused() {
    Translation good =
        new Translator(new NodeGroup(NodeGroup.Role.GATEWAY, "gateway", 0))
            .translate(Catalog.EMPTY, Policies.EMPTY);
    var broken = RouteConfiguration.newBuilder().setName("http-10000");
    broken
        .addVirtualHostsBuilder()
        .setName("*")
        .addDomains("*")
        .addRoutesBuilder()
        .setMatch(
            io.envoyproxy.envoy.config.route.v3.RouteMatch.newBuilder()
                .setSafeRegex(HeaderMatchers.regex("(")))
        .setDirectResponse(
            io.envoyproxy.envoy.config.route.v3.DirectResponseAction.newBuilder().setStatus(503));
    var resources =
        good.resources().stream()
            .map(resource ->
                resource.key().type() == ResourceType.ROUTES
                    ? References.resource(
                        ResourceType.ROUTES, "http-10000", broken.build(), ImmutableSet.of())
                    : resource)
            .collect(ImmutableList.toImmutableList());
    var validation =
        EnvoyFixture.validate(StaticBootstrap.of(new Translation(resources, good.unresolved())));
    assertThat(validation.accepted()).isFalse();
    assertThat(validation.output()).contains("missing ): (");
  }
}
