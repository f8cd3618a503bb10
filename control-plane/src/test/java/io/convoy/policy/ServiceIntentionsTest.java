package io.convoy.policy;

import static io.convoy.policy.Documents.accepted;
import static io.convoy.policy.Documents.entry;
import static io.convoy.policy.Documents.kv;
import static io.convoy.policy.Documents.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.ServiceIntentions.Action;
import io.convoy.policy.ServiceIntentions.Claim;
import io.convoy.policy.ServiceIntentions.Decision;
import io.convoy.policy.ServiceIntentions.Permission;
import io.convoy.policy.ServiceIntentions.Source;
import io.convoy.policy.ServiceIntentions.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a {@code service-intentions} document says, and what it may not say. */
class ServiceIntentionsTest {

  @Test
  void theExample() throws IOException {
    ServiceIntentions order = example(0);
    assertThat(order.sources())
        .containsExactly(
            new Source("billing", new Decision.Always(Action.ALLOW)),
            new Source(
                "shop",
                new Decision.ByRequest(
                    ImmutableList.of(
                        new Permission(
                            Action.DENY,
                            Optional.of(new RequestMatch.Path.Prefix("/internal/", false)),
                            ImmutableSet.of(),
                            ImmutableList.of(),
                            ImmutableList.of()),
                        new Permission(
                            Action.ALLOW,
                            Optional.of(new RequestMatch.Path.Exact("/orders", false)),
                            ImmutableSet.of("GET", "HEAD"),
                            ImmutableList.of(),
                            ImmutableList.of()),
                        new Permission(
                            Action.ALLOW,
                            Optional.of(new RequestMatch.Path.Regex("/orders/[0-9]+")),
                            ImmutableSet.of("PUT", "DELETE"),
                            ImmutableList.of(
                                new RequestMatch.Header(
                                    "x-shop", new RequestMatch.Value.Exact("main", true), false),
                                new RequestMatch.Header(
                                    "x-debug", new RequestMatch.Value.Present(), true)),
                            ImmutableList.of(
                                new Token(
                                    "okta",
                                    ImmutableList.of(
                                        new Claim(
                                            ImmutableList.of("realm", "roles"), "staff")))))))),
            new Source("*", new Decision.Always(Action.DENY)));
    assertThat(order.providers()).containsExactly("okta");
    assertThat(example(1))
        .isEqualTo(ServiceIntentions.nobody(new DocumentId(ServiceIntentions.KIND, "*")));
  }

  @Test
  void headers() {
    String text =
        "{Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {Header: [{Name: X-A, Prefix: p}, "
            + "{Name: b, Suffix: s}, {Name: c, Contains: i, IgnoreCase: true}, {Name: d, Regex: r+, Invert: true}]}}]}]}";
    var decision =
        (Decision.ByRequest)
            accepted(ServiceIntentions.class, kv(ServiceIntentions.KIND, "order", text))
                .sources()
                .getFirst()
                .decision();
    assertThat(decision.permissions().getFirst().headers())
        .containsExactly(
            new RequestMatch.Header("x-a", new RequestMatch.Value.Prefix("p", false), false),
            new RequestMatch.Header("b", new RequestMatch.Value.Suffix("s", false), false),
            new RequestMatch.Header("c", new RequestMatch.Value.Contains("i", true), false),
            new RequestMatch.Header("d", new RequestMatch.Value.Regex("r+"), true));
  }

  /** What Consul writes into an entry on its own account says nothing. */
  @Test
  void bookkeeping() {
    String text =
        """
        {"Kind": "service-intentions", "Name": "order", "Namespace": "default", "Partition": "default",
         "Sources": [{"Name": "a", "Action": "allow", "Precedence": 9, "Type": "consul", "LegacyID": "x",
           "LegacyMeta": {"a": "b"}, "LegacyCreateTime": "2026-11-21T03:55:25Z", "LegacyUpdateTime": "2026-11-21T03:55:25Z",
           "Namespace": "default", "Partition": "default", "Peer": "", "SamenessGroup": ""}]}
        """;
    accepted(ServiceIntentions.class, entry(ServiceIntentions.KIND, "order", text));
    assertThat(
            accepted(ServiceIntentions.class, kv(ServiceIntentions.KIND, "order", text)).sources())
        .containsExactly(new Source("a", new Decision.Always(Action.ALLOW)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|Sources: had nothing, expected at least one source",
        "Sources: [{Action: allow}]|Sources[0].Name: had \"\", expected 1 to 253",
        "Sources: [{Name: a*, Action: allow}]|Sources[0].Name: had \"a*\", expected the name of a service, or * for all of them",
        "Sources: [{Name: a}]|Sources[0].Action: had \"\", expected one of allow, deny",
        "Sources: [{Name: a, Action: Allow}]|Sources[0].Action: had \"Allow\", expected one of allow, deny; did you mean \"allow\"?",
        "Sources: [{Name: a, Action: allow}, {Name: a, Action: deny}]|Sources[1].Name: had \"a\", expected every source once",
        "Sources: [{Name: a, Action: allow, Type: vm}]|Sources[0].Type: had \"vm\", expected \"consul\"",
        "Sources: [{Name: a, Action: allow, Peer: east}]|Sources[0].Peer: had \"east\", expected nothing: Convoy knows no services of peers",
        "Sources: [{Name: a, Action: allow, SamenessGroup: all}]|Sources[0].SamenessGroup: had \"all\", expected nothing: sameness groups are Consul Enterprise's",
        "Sources: [{Name: a, Action: allow, Namespace: team}]|Sources[0].Namespace: had \"team\", expected nothing: namespaces",
        "Sources: [{Name: a, Action: allow, Partition: team}]|Sources[0].Partition: had \"team\", expected nothing: partitions",
        "{Namespace: '*', Sources: [{Name: a, Action: allow}]}|Namespace: had \"*\", expected nothing",
        "Sources: [{Name: a, Action: allow, Permissions: [{Action: allow, HTTP: {PathPrefix: /}}]}]|Sources[0].Action: had \"allow\", expected either Action or Permissions",
        "Sources: [{Name: a, Permissions: [{HTTP: {PathPrefix: /}}]}]|Permissions[0].Action: had \"\", expected one of",
        "Sources: [{Name: a, Permissions: [{Action: allow}]}]|Permissions[0].HTTP: had nothing, expected a path, methods or headers",
        "Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {PathExact: /, PathPrefix: /}}]}]|HTTP: had 2 paths, expected at most one",
        "Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {PathExact: x}}]}]|HTTP.PathExact: had \"x\", expected a path that starts with /",
        "Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {PathRegex: '('}}]}]|HTTP.PathRegex: had \"(\"",
        "Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {Methods: [FETCH]}}]}]|HTTP.Methods[0]: had \"FETCH\", expected one of",
        "Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {Methods: [GET, get]}}]}]|HTTP.Methods[1]: had \"GET\", expected every method once",
        "Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {Header: [{Exact: x}]}}]}]|Header[0].Name: had \"\", expected the name of a header",
        "Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {Header: [{Name: x}]}}]}]|Header[0]: had nothing, expected exactly one of",
        "Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {Header: [{Name: x, Exact: a, Suffix: b}]}}]}]|Header[0]: had 2 of them, expected exactly one of",
        "Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {Header: [{Name: x, Regex: a, IgnoreCase: true}]}}]}]|Header[0].IgnoreCase: had true, expected it with Exact",
        "{JWT: {Providers: [{}]}, Sources: [{Name: a, Action: allow}]}|JWT.Providers[0].Name: had \"\", expected 1 to 253",
        "{JWT: {Providers: [{Name: okta, VerifyClaims: [{Value: x}]}]}, Sources: [{Name: a, Action: allow}]}|VerifyClaims[0].Path: had nothing, expected the name of a claim",
        "{JWT: {Providers: [{Name: okta, VerifyClaims: [{Path: ['']}]}]}, Sources: [{Name: a, Action: allow}]}|VerifyClaims[0].Path[0]: had \"\", expected the name of a claim",
      })
  void refusals(String text, String expected) {
    assertThat(refused(kv(ServiceIntentions.KIND, "order", text))).contains(expected);
  }

  @Test
  void allServicesSpeakNoOneProtocol() {
    String text = "Sources: [{Name: a, Permissions: [{Action: allow, HTTP: {PathPrefix: /}}]}]";
    assertThat(refused(kv(ServiceIntentions.KIND, "*", text)))
        .contains("Sources[0].Permissions: had permissions, expected none for *");
    assertThat(refused(kv(ServiceIntentions.KIND, "or*", text)))
        .contains("Name: had \"or*\", expected the name of a service, or * for all of them");
  }

  /** Until one is good that never was, whom it is about takes no calls: its status says so. */
  @Test
  void whatWasNeverGoodCloses() {
    var store = new PolicyStore();
    RawDocument order = kv(ServiceIntentions.KIND, "order", "Sources: []");
    RawDocument all = kv(ServiceIntentions.KIND, "*", "Sources: [");
    store.apply(RawDocument.Source.KV, List.of(order, all), List.of());
    assertThat(Objects.requireNonNull(store.entry(order.id())).accepted().message())
        .endsWith("; until this is valid, nobody may call the service");
    assertThat(Objects.requireNonNull(store.entry(all.id())).accepted().message())
        .endsWith("; until this is valid, nobody may call what no document of its own decides");
  }

  private static ServiceIntentions example(int index) throws IOException {
    String text = Files.readString(Path.of("..", "docs", "examples", "service-intentions.yaml"));
    return accepted(
        ServiceIntentions.class,
        DocumentParser.split("service-intentions.yaml", text, 0, 0).get(index));
  }
}
