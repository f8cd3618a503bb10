package io.convoy.policy;

import static io.convoy.policy.Documents.accepted;
import static io.convoy.policy.Documents.entry;
import static io.convoy.policy.Documents.kv;
import static io.convoy.policy.Documents.refused;
import static io.convoy.policy.Documents.warned;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentParserTest {

  @Test
  void kindAndNameMayBeLeftOutWhereTheLocationSaysThem() {
    var document = accepted(ServiceDefaults.class, kv("service-defaults", "user", "Protocol: tcp"));
    assertThat(document.id()).isEqualTo(new DocumentId("service-defaults", "user"));
    assertThat(document.protocol()).hasValue(ServiceDefaults.Protocol.TCP);
  }

  @Test
  void kindAndNameMustAgreeWithTheLocation() {
    assertThat(refused(kv("service-defaults", "user", "Protocol: tcp\nName: order")))
        .isEqualTo(
            "convoy/service-defaults/user:2: Name: had \"order\", expected \"user\", as where it"
                + " stands says");
    assertThat(refused(kv("service-defaults", "user", "kind: http-route")))
        .isEqualTo(
            "convoy/service-defaults/user:1: Kind: had \"http-route\", expected"
                + " \"service-defaults\", as where it stands says");
  }

  @Test
  void anUnknownKindIsRefusedWithTheKnownOnes() {
    assertThat(refused(kv("http-routes", "shop", "")))
        .isEqualTo(
            "convoy/http-routes/shop:1: Kind: had \"http-routes\", expected one of"
                + " proxy-defaults, service-defaults, service-resolver, service-splitter,"
                + " service-router, service-intentions, terminating-gateway, api-gateway, http-route,"
                + " client-traffic-policy, jwt-provider,"
                + " security-policy, backend-traffic-policy; did you mean \"http-route\"?");
    assertThat(refused(kv("weather", "okta", "Issuer: x"))).doesNotContain("did you mean");
  }

  @Test
  void bothWritingsOfAFieldAreRead() {
    String snake =
        "routes: [{match: {http: {path_prefix: /a, query_param: [{name: q, exact: x}]}}}]";
    String camel = "Routes: [{Match: {HTTP: {PathPrefix: /a, QueryParam: [{Name: q, Exact: x}]}}}]";
    assertThat(accepted(ServiceRouter.class, kv("service-router", "user", snake)))
        .isEqualTo(accepted(ServiceRouter.class, kv("service-router", "user", camel)));
    assertThat(refused(kv("service-defaults", "user", "Protocol: tcp\nprotocol: http")))
        .isEqualTo(
            "convoy/service-defaults/user:2: Protocol: had both Protocol and protocol, expected"
                + " one name for the field");
  }

  @Test
  void anUnknownFieldIsRefusedWithASuggestion() {
    String text =
        """
        Kind: http-route
        Rules:
        - Matches:
          - Path: {Match: prefix, Value: /}
            Methd: GET
        """;
    assertThat(refused(kv("http-route", "shop", text)))
        .isEqualTo(
            "convoy/http-route/shop:5: Rules[0].Matches[0].Methd: had an unknown field, expected"
                + " one of Headers, Method, Path, Query; did you mean \"Method\"?");
  }

  @Test
  void anUnknownFieldOfAConfigEntryIsAWarning() {
    warned(
        entry("service-defaults", "user", "{\"Protocol\": \"http\",\n\"New\": 1, \"Hash\": 12}"),
        "/v1/config/service-defaults/user:2: New: is not known to Convoy and has no effect");
    warned(entry("service-defaults", "user", "{\"New\": {\"A\": [], \"B\": null}}"));
  }

  @Test
  void whatIsSaidIsALineThatAPersonCanRead() {
    assertThat(refused(kv("service-defaults", "user", "{\"a\\nb\": 1}")))
        .startsWith("convoy/service-defaults/user:1: \"a\\u000ab\": had an unknown field");
    assertThat(refused(kv("service-defaults", "user", "{" + "x".repeat(100_000) + ": 1}")).length())
        .isLessThan(1500);
    assertThat(refused(kv("service-defaults", "user", "{Meta: {\"a\\nb\": 1}}")))
        .contains("Meta[\"a\\u000ab\"]: had 1");
  }

  @Test
  void namespacesOtherThanTheDefaultAreWarnedOf() {
    warned(kv("service-defaults", "user", "{Namespace: default, Partition: default}"));
    warned(
        kv("service-defaults", "user", "Namespace: team"),
        "convoy/service-defaults/user:1: Namespace: has no effect: namespaces are Consul"
            + " Enterprise's");
  }

  @Test
  void whatWouldKeepRequestsOutIsNeverIgnored() {
    String text = "{Rules: [{Filters: {JWT: {Providers: [{Name: okta}]}}}]}";
    assertThat(refused(entry("http-route", "shop", text)))
        .contains("Rules[0].Filters.JWT: had a mapping, expected nothing: write a security-policy");
    warned(entry("http-route", "shop", "{Rules: [{Filters: {JWT: {}}}]}"));
  }

  @Test
  void errorsNameTheLineOfTheFileInYamlAndJson() {
    String file =
        """
        # two documents

        ---
        Kind: service-splitter
        Name: user
        Splits: [{Weight: 100}]
        ---
        {
          "Kind": "service-splitter",
          "Name": "order",
          "Splits": [
            {"Weight": 50},
            {"Weight": "50"}
          ]
        }
        """;
    var parsed = Documents.file(file);
    assertThat(parsed).hasSize(2);
    assertThat(parsed.get(0).problem()).isEmpty();
    assertThat(parsed.get(1).problem())
        .contains("shop.yaml:13: Splits[1].Weight: had \"50\", expected a number");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Kind: [|is not YAML: while parsing a flow node",
        "{\"Kind\": \"a\"|is not JSON: Unexpected end-of-input",
        "{\"Kind\": \"a\"} x|is not JSON: Unrecognized token 'x'",
        "{\"Name\": \"user\", \"Name\": \"user\"}|had the key \"Name\" a second time (first on line 1)",
        "{Name: user, Name: user}|had the key \"Name\" a second time (first on line 1)",
        "'- a'|had no fields, expected a document",
        "''|is empty, expected a document",
        "hello|had no fields, expected a document",
        "Protocol: 1|Protocol: had 1, expected a string: put it into quotes",
        "Protocol: true|Protocol: had true, expected a string: put it into quotes",
        "Protocol: [http]|Protocol: had a list, expected a string",
        "Protocol: {a: b}|Protocol: had a mapping, expected a string",
        "MaxInboundConnections: many|had \"many\", expected a whole number from 0 to 2147483647",
        "MaxInboundConnections: -1|had -1, expected a whole number from 0 to 2147483647",
        "MaxInboundConnections: 2147483648|had 2147483648, expected a whole number from 0",
        "MaxInboundConnections: 1.5|had 1.5, expected a whole number",
        "MaxInboundConnections: \"1\"|had \"1\", expected a whole number",
        "UpstreamConfig: x|UpstreamConfig: had \"x\", expected a mapping",
        "UpstreamConfig: {Overrides: {}}|UpstreamConfig.Overrides: had a mapping, expected a list",
        "Meta: [a]|Meta: had a list, expected a mapping",
        "Meta: {a: 1}|Meta[\"a\"]: had 1, expected a string: put it into quotes",
        "Protocol: !!java.net.URL x|had the tag tag:yaml.org,2002:java.net.URL",
        "Protocol: !mine x|had the tag !mine",
        "{<<: {Protocol: tcp}}|had a merge key",
        "!mine Protocol: tcp|had the tag !mine",
        "Protocol: *nobody|found undefined alias nobody",
        "{? [a] : b}|had a key that is not a string",
      })
  void refusesInOneLine(String text, String expected) {
    assertThat(refused(kv("service-defaults", "user", text)))
        .startsWith("convoy/service-defaults/user:1: ")
        .contains(expected);
  }

  @Test
  void severalDocumentsInOneKeyAreRefused() {
    assertThat(refused(kv("service-defaults", "user", "Protocol: tcp\n---\nProtocol: http")))
        .contains("is not YAML: expected a single document in the stream");
  }

  @Test
  void textsThatWouldCostMuchAreRefused() {
    assertThat(refused(kv("service-defaults", "user", "[".repeat(100_000))))
        .contains("levels of nesting");
    assertThat(refused(kv("service-defaults", "user", "{\"a\":".repeat(100_000)))).contains("50");
    assertThat(refused(kv("service-defaults", "user", "a: ".repeat(400_000)))).contains("1048576");
    var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      bomb.append(
          "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d]\n"
              .formatted(i, i, i - 1, i - 1, i - 1, i - 1, i - 1));
    }
    assertThat(refused(kv("service-defaults", "user", bomb.toString())))
        .contains("had more than 100000 values");
    assertThat(refused(kv("service-defaults", "user", "a: &a [*a]"))).contains("levels of nesting");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    assertThat(refused(kv("service-defaults", "user", "Protocol: http\nMeta: {a: \uFFFD}")))
        .isEqualTo("convoy/service-defaults/user:2: had bytes that are not UTF-8");
    assertThat(refused(kv("service-defaults", "user", "{\"Protocol\": \"\\ud83d\"}")))
        .contains("had half of a surrogate pair");
  }

  @Test
  void textsThatLookLikeNumbersInOldYamlAreStrings() {
    String text = "Meta: {a: yes, b: 12:30:45, c: 2026-11-20, d: 0x1f, e: !!str 5, f: 1_000}";
    accepted(ServiceDefaults.class, kv("service-defaults", "user", text));
  }

  @Test
  void jsonWithTabsAndFlowYamlAreRead() {
    accepted(
        ServiceDefaults.class,
        kv("service-defaults", "user", "{\n\t\"Protocol\":\"tcp\",\n\t\"Meta\":null\n}"));
    accepted(ServiceDefaults.class, kv("service-defaults", "user", "{Protocol: tcp}"));
    accepted(ServiceDefaults.class, kv("service-defaults", "user", "--- {Protocol: tcp}"));
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, 500000000",
    "1m30s, 90000000000",
    "1.5s, 1500000000",
    ".5s, 500000000",
    "1.s, 1000000000",
    "1h, 3600000000000",
    "2us, 2000",
    "2µs, 2000",
    "7ns, 7",
    "1.0000000009s, 1000000000",
    "90000000000, 90000000000",
    "+1s, 1000000000",
  })
  void durationsAreGoOrNanoseconds(String written, long nanos) {
    String quoted = written.matches("[0-9]+") ? written : "\"" + written + "\"";
    var resolver =
        accepted(
            ServiceResolver.class,
            kv("service-resolver", "user", "{\"ConnectTimeout\": " + quoted + "}"));
    assertThat(resolver.connectTimeout()).contains(Duration.ofNanos(nanos));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\"",
        "\"5\"",
        "5x",
        "1.5",
        "s",
        "1 s",
        "true",
        "[]",
        "{}",
        "3000000h",
        "9223372036854775808",
        "1s-1s",
        "1d"
      })
  void otherDurationsAreRefused(String written) {
    assertThat(refused(kv("service-resolver", "user", "{ConnectTimeout: " + written + "}")))
        .contains("ConnectTimeout: had ", "expected a duration such as \"500ms\"");
  }

  @Test
  void namesAreBounded() {
    for (String name : ImmutableList.of("a b", "a/b", "x".repeat(254), "a\u0000")) {
      assertThat(refused(kv("service-defaults", name, "Protocol: http")))
          .contains("Name: had ", "expected 1 to 253 characters");
    }
  }

  @Test
  void everyPermittedTypeHasAKind() {
    assertThat(DocumentParser.kinds()).hasSameSizeAs(Document.class.getPermittedSubclasses());
    assertThat(DocumentParser.consulKinds())
        .containsExactly(
            "proxy-defaults",
            "service-defaults",
            "service-resolver",
            "service-splitter",
            "service-router",
            "service-intentions",
            "terminating-gateway",
            "api-gateway",
            "http-route",
            "jwt-provider");
  }
}
