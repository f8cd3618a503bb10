package io.convoy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.NodeGroup.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which service a certificate is of, and what it may have for that. */
class ClientIdentityTest {
  private static final String ORDER = "spiffe://a.consul/ns/default/dc/dc1/svc/order";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spiffe://a.consul/ns/default/dc/dc1/svc/order | | | order
          spiffe://other/ap/default/ns/default/dc/dc2/svc/order | user | CN=user | order
          spiffe://a/svc/order | | | order
          spiffe://a/svc/a%2Fb%20c | | | a/b c
          spiffe://a/ns/team/dc/dc1/svc/order | | CN=order |
          spiffe://a/ap/x/ns/default/dc/dc1/svc/order | | |
          spiffe://a/ns/default/sa/order | | |
          spiffe://a/ns/default/sa/order | order | | order
          spiffe://a/svc/ | | |
          spiffe://a/svc/order/more | | |
          https://a/svc/order | | |
          spiffe://a/svc/order,spiffe://a/svc/user | | |
          not a uri/svc/order | | |
          | order,order.test | CN=user | order,order.test
          | order.service.consul | | order
          | Order | | Order
          | | CN=order,O=shop | order
          | | O=shop |
          | | |
          """)
  void theFirstKindOfNameThatItHasCounts(String uris, String dns, String subject, String services) {
    ClientIdentity identity =
        ClientIdentity.of(list(uris), list(dns), subject == null ? "" : subject);
    assertThat(identity.services()).containsExactlyElementsOf(list(services));
    assertThat(identity.shown()).isNotEmpty();
  }

  private static ImmutableList<String> list(String text) {
    return text == null
        ? ImmutableList.of()
        : ImmutableList.copyOf(Splitter.on(',').splitToList(text));
  }

  @ParameterizedTest
  @CsvSource({
    "SIDECAR, order, true",
    "GRPC, order, true",
    "SIDECAR, user, false",
    "GRPC, user, false",
    // What a gateway is told is more than any service's own.
    "GATEWAY, order, false",
    "GATEWAY, gateway, false"
  })
  void aServiceHasItsOwn(Role role, String name, boolean permitted) {
    var rules = new ClientCertificates(ImmutableSet.of("gateway"), ImmutableSet.of("ops"));
    assertThat(rules.permits(spiffe(ORDER), new NodeGroup(role, name, 0))).isEqualTo(permitted);
  }

  @Test
  void aGatewayHasItsOwnAndWhoMayActForAnyHasAll() {
    var rules =
        new ClientCertificates(ImmutableSet.of("gateway", "edge"), ImmutableSet.of("ops", ORDER));
    var edge = spiffe("spiffe://a/svc/edge");
    assertThat(rules.permits(edge, new NodeGroup(Role.GATEWAY, "edge", 10001))).isTrue();
    assertThat(rules.permits(edge, new NodeGroup(Role.GATEWAY, "gateway", 0))).isFalse();
    for (String any : ImmutableList.of("spiffe://b/svc/ops", ORDER)) {
      assertThat(rules.permits(spiffe(any), new NodeGroup(Role.GATEWAY, "edge", 0))).isTrue();
      assertThat(rules.permits(spiffe(any), new NodeGroup(Role.SIDECAR, "user", 0))).isTrue();
    }
    var everyone = new ClientCertificates(ImmutableSet.of(), ImmutableSet.of("*"));
    var nobody = ClientIdentity.of(ImmutableList.of(), ImmutableList.of(), "");
    assertThat(everyone.permits(nobody, new NodeGroup(Role.GATEWAY, "edge", 0))).isTrue();
    assertThat(rules.permits(nobody, new NodeGroup(Role.GATEWAY, "edge", 0))).isFalse();
  }

  private static ClientIdentity spiffe(String id) {
    return ClientIdentity.of(ImmutableList.of(id), ImmutableList.of(), "");
  }

  @Test
  void aNodeIsNewOnceInTenMinutesAndThereIsAnEndToNewOnes() {
    var clock = new World.Clock();
    var refused = new RefusedNodes(clock);
    assertThat(refused.isNew("a")).isTrue();
    assertThat(refused.isNew("a")).isFalse();
    int said = 0;
    for (int i = 0; i < 5_000; i++) {
      said += refused.isNew("node-" + i) ? 1 : 0;
    }
    assertThat(said).isEqualTo(999);
    clock.pass(java.time.Duration.ofMinutes(10));
    assertThat(refused.isNew("a")).isTrue();
    assertThat(RefusedNodes.shown("a\nb" + "c".repeat(1_000))).hasSize(201).startsWith("a?b");
  }
}
