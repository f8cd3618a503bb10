package io.convoy.policy;

import static io.convoy.policy.Documents.accepted;
import static io.convoy.policy.Documents.kv;
import static io.convoy.policy.Documents.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.RateLimit.Limit;
import io.convoy.policy.RateLimit.Local;
import io.convoy.policy.RateLimit.Rule;
import io.convoy.policy.RateLimit.Selector;
import io.convoy.policy.RateLimit.Unit;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The field {@code RateLimit} of a backend-traffic-policy. */
class RateLimitTest {
  private static final String KIND = "backend-traffic-policy";

  @Test
  void whatIsLeftOutHasADefault() throws IOException {
    assertThat(example(0))
        .isEqualTo(
            new Local(
                ImmutableList.of(
                    new Rule(new Limit(5, Unit.HOUR, 5), ImmutableList.of(), false),
                    new Rule(
                        new Limit(100, Unit.SECOND, 200),
                        ImmutableList.of(
                            new Selector.Header(
                                "x-user-id", new RequestMatch.Value.Present(), true)),
                        false)),
                10_000,
                429,
                Optional.empty(),
                Optional.empty(),
                true));
  }

  @Test
  void everyFieldIsRead() throws IOException {
    assertThat(example(1))
        .isEqualTo(
            new Local(
                ImmutableList.of(
                    new Rule(
                        new Limit(30, Unit.MINUTE, 30),
                        ImmutableList.of(
                            new Selector.Path(new RequestMatch.Path.Prefix("/order/", false)),
                            new Selector.Method("POST")),
                        false),
                    new Rule(
                        new Limit(100, Unit.MINUTE, 100),
                        ImmutableList.of(
                            new Selector.ClientAddress(
                                Optional.of(new AddressRange(InetAddress.getByName("10.0.0.0"), 8)),
                                true)),
                        false),
                    new Rule(
                        new Limit(10_000, Unit.DAY, 10_000),
                        ImmutableList.of(
                            new Selector.JwtProvider("okta"),
                            new Selector.JwtClaim(ImmutableList.of("sub"), Optional.empty(), true),
                            new Selector.JwtClaim(
                                ImmutableList.of("plan", "name"), Optional.of("free"), false)),
                        false),
                    new Rule(
                        new Limit(10, Unit.SECOND, 10),
                        ImmutableList.of(
                            new Selector.Header(
                                "user-agent", new RequestMatch.Value.Regex(".*[Bb]ot.*"), false)),
                        true)),
                50_000,
                503,
                Optional.of("{\"error\": \"slow down\"}"),
                Optional.of("application/json"),
                false));
  }

  @Test
  void aValueWithoutAMatchIsExact() {
    assertThat(selector("Header: {Name: X-Plan, Value: free}"))
        .isEqualTo(
            new Selector.Header("x-plan", new RequestMatch.Value.Exact("free", false), false));
    assertThat(selector("Header: {Name: x-plan}"))
        .isEqualTo(new Selector.Header("x-plan", new RequestMatch.Value.Present(), false));
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3/8, 10.0.0.0/8",
    "10.1.2.3/12, 10.0.0.0/12",
    "10.31.2.3/12, 10.16.0.0/12",
    "10.1.2.3, 10.1.2.3/32",
    "0.0.0.0/0, 0.0.0.0/0",
    "2001:DB8:0:0::1/32, 2001:db8::/32",
    "::1, ::1/128"
  })
  void aRangeIsKeptInItsCanonicalForm(String written, String kept) {
    assertThat(selector("ClientAddress: {CIDR: \"" + written + "\"}"))
        .isInstanceOfSatisfying(
            Selector.ClientAddress.class,
            address -> assertThat(address.range().orElseThrow()).hasToString(kept));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RateLimit: {}|RateLimit.Local: had nothing, expected a mapping with Rules",
        "RateLimit: {Local: {}}|RateLimit.Local.Rules: had nothing, expected at least one rule",
        "RateLimit: {Local: {Rules: [{}]}}|Rules[0].Limit: had nothing, expected Requests and Unit",
        "RateLimit: {Local: {Rules: [{Limit: {Unit: Hour}}]}}|Rules[0].Limit.Requests: had 0, expected a whole number from 1 to 1000000000",
        "RateLimit: {Local: {Rules: [{Limit: {Requests: 1}}]}}|Limit.Unit: had \"\", expected one of Second, Minute, Hour, Day",
        "RateLimit: {Local: {Rules: [{Limit: {Requests: 1, Unit: second}}]}}|Limit.Unit: had \"second\", expected one of Second, Minute, Hour, Day; did you mean \"Second\"?",
        "RateLimit: {Local: {Rules: [{Limit: {Requests: 1, Unit: Day, Burst: 0}}]}}|Limit.Burst: had 0, expected a whole number from 1",
        "RateLimit: {Local: {Rules: [{Limit: {Requests: 1, Unit: Day}}], MaxDistinct: 0}}|Local.MaxDistinct: had 0, expected a whole number from 1 to 1000000",
        "RateLimit: {Local: {Rules: [{Limit: {Requests: 1, Unit: Day}}], Status: 200}}|Local.Status: had 200, expected the status of an error that has a name",
        "RateLimit: {Local: {Rules: [{Limit: {Requests: 1, Unit: Day}}], Body: \"a\\nb\"}}|Local.Body: had \"a\\u000ab\", expected one line of at most 4096 characters",
        "RateLimit: {Local: {Rules: [{Limit: {Requests: 1, Unit: Day}}], Status: 499}}|Local.Status: had 499",
        "RateLimit: {Local: {Rules: [{Limit: {Requests: 1, Unit: Day}}], Body: x, ContentType: text/xml}}|Local.ContentType: had \"text/xml\", expected one of text/plain, text/html, application/json, application/problem+json",
        "RateLimit: {Local: {Rules: [{Limit: {Requests: 1, Unit: Day}}], ContentType: text/html}}|Local.ContentType: had \"text/html\", expected it together with Body",
      })
  void refusesALimit(String text, String expected) {
    assertThat(refused(policy(text))).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|Selectors[0]: had 0 of them, expected exactly one of Header, Path, Method, ClientAddress, JWTClaim, JWTProvider",
        "{Method: GET, JWTProvider: okta}|Selectors[0]: had 2 of them",
        "{Method: GETT}|Selectors[0].Method: had \"GETT\", expected one of GET, HEAD",
        "{JWTProvider: a/b}|Selectors[0].JWTProvider: had \"a/b\"",
        "{Header: {Distinct: true}}|Header.Name: had \"\", expected the name of a header",
        "{Header: {Name: a, Match: like}}|Header.Match: had \"like\", expected one of exact, prefix, suffix, regex, present",
        "{Header: {Name: a, Match: prefix}}|Header.Value: had \"\", expected a value",
        "{Header: {Name: a, Match: regex, Value: '['}}|Header.Value: had \"[\", expected an RE2",
        "{Path: {Value: /}}|Path.Match: had \"\", expected one of exact, prefix, regex",
        "{Path: {Match: prefix, Value: a}}|Path.Value: had \"a\", expected a path that starts with /",
        "{ClientAddress: {}}|ClientAddress: had nothing, expected CIDR or Distinct",
        "{ClientAddress: {CIDR: 10.0.0.0/33}}|ClientAddress.CIDR: had \"10.0.0.0/33\", expected an address range such as 10.0.0.0/8",
        "{ClientAddress: {CIDR: 'fe80::1%eth0'}}|ClientAddress.CIDR: had \"fe80::1%eth0\"",
        "{ClientAddress: {CIDR: example.org}}|ClientAddress.CIDR: had \"example.org\"",
        "{JWTClaim: {Distinct: true}}|JWTClaim: had neither, expected one of Name and Path",
        "{JWTClaim: {Name: a, Path: [b]}}|JWTClaim: had both, expected one of Name and Path",
        "{JWTClaim: {Path: [a, '']}}|JWTClaim.Path[1]: had \"\", expected a claim's name",
      })
  void refusesASelector(String selector, String expected) {
    assertThat(refused(policy(withSelector(selector)))).contains(expected);
  }

  private static Selector selector(String selector) {
    Local local = local(policy(withSelector("{" + selector + "}")));
    return local.rules().getFirst().selectors().getFirst();
  }

  private static String withSelector(String selector) {
    return "RateLimit: {Local: {Rules: [{Limit: {Requests: 1, Unit: Day}, Selectors: ["
        + selector
        + "]}]}}";
  }

  private static RawDocument policy(String text) {
    return kv(KIND, "a", "TargetRefs: [{Kind: service, Name: user}]\n" + text);
  }

  private static Local local(RawDocument raw) {
    return accepted(BackendTrafficPolicy.class, raw).rateLimit().orElseThrow().local();
  }

  private static Local example(int index) throws IOException {
    String text = Files.readString(Path.of("../docs/examples/" + KIND + ".yaml"));
    return local(DocumentParser.split("examples", text, 0, 0).get(index));
  }
}
