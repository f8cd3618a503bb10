package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.convoy.cli.local.EnvoyProcess.Validation;
import io.convoy.fixture.EnvoyFixture;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A real Envoy takes what documents may hold, under the limit of Convoy's bootstrap on regular
 * expressions; one that it would reject takes a whole route configuration with it.
 */
class EnvoyAgreesIT {
  private static final ImmutableList<String> TEMPLATES =
      ImmutableList.of(
          "",
          "plain",
          "100%%",
          "%%%PROTOCOL%%%",
          "ä\tb",
          "%DOWNSTREAM_REMOTE_ADDRESS%",
          "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
          "%DOWNSTREAM_REMOTE_PORT%",
          "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%",
          "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
          "%DOWNSTREAM_DIRECT_REMOTE_PORT%",
          "%DOWNSTREAM_LOCAL_ADDRESS%",
          "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
          "%DOWNSTREAM_LOCAL_PORT%",
          "%DOWNSTREAM_DIRECT_LOCAL_ADDRESS%",
          "%DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT%",
          "%DOWNSTREAM_DIRECT_LOCAL_PORT%",
          "%UPSTREAM_REMOTE_ADDRESS%",
          "%UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
          "%UPSTREAM_REMOTE_PORT%",
          "%UPSTREAM_LOCAL_ADDRESS%",
          "%UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
          "%UPSTREAM_LOCAL_PORT%",
          "%UPSTREAM_HOST%",
          "%UPSTREAM_CLUSTER%",
          "%PROTOCOL%",
          "%REQUESTED_SERVER_NAME%",
          "%HOSTNAME%",
          "%ROUTE_NAME%",
          "%STREAM_ID%",
          "%CONNECTION_ID%",
          "%RESPONSE_CODE%",
          "%RESPONSE_CODE_DETAILS%",
          "%RESPONSE_FLAGS%",
          "%START_TIME%",
          "%REQ(x-id)%",
          "%REQ(:path)%",
          "%REQ(x-id?:authority):12%",
          "%RESP(server)%");

  private static final ImmutableList<String> BAD_TEMPLATES =
      ImmutableList.of("100%", "%NOTHING%", "%REQ(a?b?c)%", "%REQ(:a:b)%", "%PROTOCOL");

  private static final ImmutableList<String> EXPRESSIONS =
      ImmutableList.of(
          "/[a-z]+",
          "a".repeat(900),
          "(?i)/" + "k".repeat(290),
          "(?P<name>a)(?<other>b)",
          "\\Q(\\E");

  /** Each is repeated as often as Convoy allows it. */
  private static final ImmutableList<String> REPEATED =
      ImmutableList.of(
          "a",
          ".",
          "[a-z0-9_-]",
          "[acegikmoqsuwy]",
          "[^acegikmoqsuwy]",
          "[^/]",
          "[[:alpha:][:digit:]]",
          "[[:^alpha:]]",
          "\\d",
          "\\D",
          "\\w",
          "\\W",
          "\\s",
          "\\S",
          "\\pL",
          "\\PL",
          "\\p{Han}",
          "[\\p{Greek}\\p{Cyrillic}]",
          "[^\\p{Greek}\\p{Cyrillic}]",
          "\\x{ff}",
          "(a)",
          "(?:a|b|c)",
          "(abc|def)",
          "(?:[a-z]?[0-9]?)",
          "(?:a*b+c?)",
          "(?i:k)",
          "(?i:[ks])",
          "(?i:[a-z])",
          "(?i:\\p{Lu})");

  private static final ImmutableList<String> BAD_EXPRESSIONS =
      ImmutableList.of(
          "\\x{100}",
          "(?=a)",
          "(a)\\1",
          "a{1001}",
          "((a{100}){100}){10}",
          "a++",
          "(",
          "[\\w]{999}");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void onWhatItTakes() {
    ObjectNode bootstrap = bootstrap();
    for (String template : TEMPLATES) {
      assertThat(problem(template)).as(template).isEmpty();
      addHeader(routes(bootstrap), template);
    }
    for (String expression : EXPRESSIONS) {
      Regex.checkForEnvoy(expression, IllegalArgumentException::new);
      addRegex(routes(bootstrap), expression);
    }
    for (String repeated : REPEATED) {
      addRegex(routes(bootstrap), most(repeated + "{%d}"));
      addRegex(routes(bootstrap), most(repeated + "{0,%d}"));
    }
    Validation validation = EnvoyFixture.validate(bootstrap.toString());
    assertThat(validation.accepted()).as(validation.output()).isTrue();
  }

  @Test
  void onWhatItRejects() {
    for (String template : BAD_TEMPLATES) {
      assertThat(problem(template)).as(template).isNotEmpty();
      assertRejected(template, routes -> addHeader(routes, template));
    }
    for (String expression : BAD_EXPRESSIONS) {
      org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
          .isThrownBy(() -> Regex.checkForEnvoy(expression, IllegalArgumentException::new));
      assertRejected(expression, routes -> addRegex(routes, expression));
    }
  }

  private static String most(String repeated) {
    int times = 1;
    while (times < 1000 && Regex.size(repeated.replace("%d", "" + (times + 1))) <= 900) {
      times++;
    }
    return repeated.replace("%d", "" + times);
  }

  private static void assertRejected(String what, Consumer<ArrayNode> change) {
    ObjectNode bootstrap = bootstrap();
    change.accept(routes(bootstrap));
    assertThat(EnvoyFixture.validate(bootstrap.toString()).accepted()).as(what).isFalse();
  }

  private static List<String> problem(String template) {
    ObjectNode document = MAPPER.createObjectNode();
    ObjectNode split = document.putArray("Splits").addObject().put("Weight", 100);
    split.putObject("RequestHeaders").putObject("Set").put("x-a", template);
    return DocumentParser.parse(Documents.kv("service-splitter", "user", document.toString()))
        .problem()
        .stream()
        .toList();
  }

  private static void addHeader(ArrayNode routes, String template) {
    ObjectNode route = route(routes);
    route.putObject("match").put("prefix", "/");
    ObjectNode header = route.putArray("request_headers_to_add").addObject().putObject("header");
    header.put("key", "x-a").put("value", template);
  }

  private static void addRegex(ArrayNode routes, String expression) {
    route(routes).putObject("match").putObject("safe_regex").put("regex", expression);
  }

  private static ObjectNode route(ArrayNode routes) {
    ObjectNode route = routes.addObject();
    route.putObject("direct_response").put("status", 200);
    return route;
  }

  private static ArrayNode routes(ObjectNode bootstrap) {
    return (ArrayNode)
        bootstrap.at(
            "/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/route_config/virtual_hosts/0/routes");
  }

  private static ObjectNode bootstrap() {
    try {
      return (ObjectNode)
          MAPPER.readTree(
              """
              {"layered_runtime": {"layers": [{"name": "convoy", "static_layer":
                  {"re2.max_program_size.error_level": 1000}}]},
               "static_resources": {"listeners": [{"name": "l",
                "address": {"socket_address": {"address": "127.0.0.1", "port_value": 0}},
                "filter_chains": [{"filters": [{"name": "hcm", "typed_config": {
                  "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                  "stat_prefix": "x",
                  "route_config": {"virtual_hosts": [{"name": "v", "domains": ["*"], "routes": []}]},
                  "http_filters": [{"name": "r", "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}}]}]}]}}
              """);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
