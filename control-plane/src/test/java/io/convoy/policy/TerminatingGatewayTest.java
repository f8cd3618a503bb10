package io.convoy.policy;

import static io.convoy.policy.Documents.accepted;
import static io.convoy.policy.Documents.entry;
import static io.convoy.policy.Documents.kv;
import static io.convoy.policy.Documents.refused;
import static io.convoy.policy.Documents.warned;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSortedMap;
import io.convoy.policy.TerminatingGateway.Linked;
import io.convoy.policy.TerminatingGateway.Own;
import io.convoy.policy.TerminatingGateway.Tls;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a {@code terminating-gateway} document says, and what it may not say. */
class TerminatingGatewayTest {
  private static final String KIND = TerminatingGateway.KIND;

  @Test
  void services() {
    var document =
        accepted(
            TerminatingGateway.class,
            kv(
                KIND,
                "outside",
                "Services: [{Name: a, CAFile: /ca, CertFile: /c, KeyFile: /k, SNI: A.Test}, {Name: b, sni: b.test, disable_auto_host_rewrite: true}, {Name: c}]"));
    assertThat(document.services())
        .isEqualTo(
            ImmutableSortedMap.of(
                "a",
                new Linked(
                    Optional.of(
                        new Tls(
                            Optional.of("/ca"),
                            Optional.of(new Own("/c", "/k")),
                            Optional.of("a.test"))),
                    true),
                "b",
                new Linked(
                    Optional.of(new Tls(Optional.empty(), Optional.empty(), Optional.of("b.test"))),
                    false),
                "c",
                new Linked(Optional.empty(), true)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|Services[0].Name: had \"\", expected 1 to 253",
        "{Name: a}, {Name: a}|Services[1].Name: had \"a\", expected every service once",
        "{Name: a, CAFile: ca.pem}|Services[0].CAFile: had \"ca.pem\", expected the absolute path",
        "{Name: a, CAFile: /etc/}|Services[0].CAFile: had \"/etc/\", expected the absolute path",
        "{Name: a, CAFile: /ca, CertFile: /c}|Services[0].KeyFile: had nothing, expected the key of CertFile",
        "{Name: a, CAFile: /ca, KeyFile: /k}|Services[0].CertFile: had nothing, expected the certificate of KeyFile",
        "{Name: a, CertFile: /c, KeyFile: /k}|Services[0].CertFile: had a file without CAFile and SNI",
        "{Name: a, SNI: 10.0.0.1}|Services[0].SNI: had \"10.0.0.1\", expected a host name",
        "{Name: a, SNI: '*.a.test'}|Services[0].SNI: had \"*.a.test\", expected a host name",
        "{Name: a, SNI: 'a.test:443'}|Services[0].SNI: had \"a.test:443\", expected a host name",
        "{Name: '*', SNI: a.test}|Services[0].Name: had \"*\" with TLS, expected the name of a service",
        "{Name: a, CaFile: /ca}|Services[0].CaFile: had an unknown field",
      })
  void whatIsRefused(String services, String expected) {
    assertThat(refused(kv(KIND, "outside", "Services: [" + services + "]"))).contains(expected);
  }

  @Test
  void allServices() {
    var document =
        (TerminatingGateway)
            warned(
                entry(KIND, "outside", "{\"Services\": [{\"Name\": \"*\"}, {\"Name\": \"a\"}]}"),
                "/v1/config/terminating-gateway/outside:1: Services[0].Name: has no effect: name each service");
    assertThat(document.services()).containsOnlyKeys("a");
  }

  /** What is to be called in a way that is not known is not called in plain text. */
  @Test
  void aRefusedDocumentStillSaysWhichServicesItIsAbout() {
    var store = new PolicyStore();
    RawDocument raw =
        kv(
            KIND,
            "outside",
            "Services: [{Name: a, CAFile: x}, {name: b, Nonsense: 1}, {Name: 7/7}]");
    store.apply(raw.source(), List.of(raw), List.of());
    Policies.Entry entry = Objects.requireNonNull(store.entry(raw.id()));
    assertThat(entry.closed())
        .containsExactly(new TargetRef.Service("a"), new TargetRef.Service("b"));
    assertThat(entry.accepted().message())
        .contains("Services[1].Nonsense: had an unknown field")
        .endsWith(
            "; until this is valid, instances of the services that it names are called where they have a sidecar only");
    RawDocument good = kv(KIND, "outside", "Services: [{Name: a}]");
    store.apply(good.source(), List.of(good), List.of());
    store.apply(raw.source(), List.of(raw), List.of());
    assertThat(Objects.requireNonNull(store.entry(raw.id())).closed()).isEmpty();
  }
}
