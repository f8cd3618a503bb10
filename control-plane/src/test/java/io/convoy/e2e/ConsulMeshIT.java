package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.CharMatcher;
import io.convoy.cli.local.Wait;
import io.convoy.fixture.Await;
import io.convoy.fixture.Http;
import io.convoy.fixture.SigningKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Consul's own mesh and Convoy's, under the same config entries and with the same binaries: {@link
 * MeshCases} says what each answers, and this holds it against both.
 */
class ConsulMeshIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MeshCases CASES = MeshCases.read();
  private static final SigningKey KEY = new SigningKey(SigningKey.Type.ES256, "key");
  private static final SigningKey FORGED = new SigningKey(SigningKey.Type.ES256, "key");
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** How far a share may be from what is said, in percent of all. */
  private static final int TOLERANCE = 10;

  private static final Pattern SHARES = Pattern.compile("[a-z]\\S* [0-9]+(, [a-z]\\S* [0-9]+)*");

  private static final MeshStage DENYING = new MeshStage("deny");
  private static final MeshStage ALLOWING = new MeshStage("allow");

  @BeforeAll
  static void startAll() {
    Set<String> calls = new LinkedHashSet<>(List.of("api", "spare"));
    for (MeshCases.Group group : CASES.groups()) {
      group.cases().forEach(one -> calls.add(one.request().to()));
    }
    DENYING.http("api", "v1");
    DENYING.http("api", "v2");
    DENYING.http("spare", "v1");
    DENYING.ill("ill");
    DENYING.tcp("db");
    DENYING.caller("web", List.copyOf(calls));
    ALLOWING.http("api", "v1");
    for (MeshStage stage : List.of(DENYING, ALLOWING)) {
      configure(stage);
    }
    DENYING.start("web-1", "api-v1", "api-v2", "spare-v1", "db-1");
    ALLOWING.start("api-v1");
  }

  /** All but intentions, which each group has of its own. */
  private static void configure(MeshStage stage) {
    List<JsonNode> entries = new ArrayList<>();
    for (MeshCases.Group group : CASES.groups()) {
      entries.addAll(group.entries());
    }
    entries.removeIf(entry -> entry.path("Kind").asText().equals("service-intentions"));
    Set<String> names = new TreeSet<>(Set.of("api", "spare", "ill"));
    CASES.groups().forEach(group -> group.cases().forEach(one -> names.add(one.request().to())));
    entries.forEach(entry -> names.add(entry.path("Name").asText()));
    entries.stream()
        .filter(entry -> entry.path("Kind").asText().equals("service-defaults"))
        .forEach(entry -> names.remove(entry.path("Name").asText()));
    for (String name : names) {
      stage
          .consul()
          .api()
          .putConfig(
              "{\"Kind\": \"service-defaults\", \"Name\": \"%s\", \"Protocol\": \"%s\"}"
                  .formatted(name, name.equals("db") ? "tcp" : "http"));
    }
    write(stage, "service-defaults", entries);
    write(stage, "jwt-provider", entries);
    write(stage, "service-resolver", entries);
    write(stage, "service-splitter", entries);
    write(stage, "service-router", entries);
  }

  /** Consul asks that what an entry names is there. */
  private static void write(MeshStage stage, String kind, List<JsonNode> entries) {
    entries.stream()
        .filter(entry -> entry.path("Kind").asText().equals(kind))
        .forEach(entry ->
            stage
                .consul()
                .api()
                .putConfig(entry.toString().replace("KEYS", SigningKey.encodedKeySet(KEY))));
  }

  /** The last look at what Envoy refused comes after all that was asked. */
  @AfterAll
  static void endAll() {
    try (DENYING;
        ALLOWING) {
      List<String> refused = new ArrayList<>();
      for (MeshStage stage : List.of(DENYING, ALLOWING)) {
        refused.addAll(stage.refusals(MeshStage.Side.CONSUL));
      }
      assertThat(refused.isEmpty() ? "nothing" : String.join(", ", refused))
          .isEqualTo(CASES.refused());
    }
  }

  static List<MeshCases.Group> groups() {
    return CASES.groups();
  }

  @ParameterizedTest
  @MethodSource("groups")
  void bothAnswerAsItIsWritten(MeshCases.Group group) {
    MeshStage stage = group.byDefault().equals("allow") ? ALLOWING : DENYING;
    stage.intentions(intentions(group));
    for (JsonNode document : group.documents()) {
      stage.consul().putKey(key(document), document.toString());
    }
    Map<String, String> other = new TreeMap<>();
    Wait.until(
        LIMIT,
        () -> {
          other.clear();
          other.putAll(otherwise(stage, group));
          return other.isEmpty();
        });
    for (JsonNode document : group.documents()) {
      stage.consul().deleteKey(key(document));
    }
    assertThat(other).as("what is answered otherwise than %s says", MeshCases.FILE).isEmpty();
  }

  /** What routing is asked of, everybody may call. */
  private static List<JsonNode> intentions(MeshCases.Group group) {
    return group.feature().equals("service-intentions") || group.feature().equals("jwt-provider")
        ? group.entries()
        : List.of(
            JSON.valueToTree(
                Map.of(
                    "Kind",
                    "service-intentions",
                    "Name",
                    "*",
                    "Sources",
                    List.of(Map.of("Name", "*", "Action", "allow")))));
  }

  private static String key(JsonNode document) {
    return "convoy/%s/%s".formatted(document.path("Kind").asText(), document.path("Name").asText());
  }

  private static Map<String, String> otherwise(MeshStage stage, MeshCases.Group group) {
    Map<String, String> other = new TreeMap<>();
    for (MeshCases.Case one : group.cases()) {
      for (MeshStage.Side side : MeshStage.sides()) {
        String said = side == MeshStage.Side.CONSUL ? one.consul() : one.convoy();
        String is = answer(stage, side, one.request());
        if (!agree(said, is)) {
          other.put("%s at %s".formatted(one.name(), side), "said: %s, is: %s".formatted(said, is));
        }
      }
    }
    return other;
  }

  private static String answer(MeshStage stage, MeshStage.Side side, MeshCases.Request request) {
    if (!request.write().isMissingNode()) {
      return written(stage, side, request.write());
    }
    if (request.together() > 1) {
      return together(stage, side, request.unique());
    }
    if (request.times() > 1) {
      return shares(
          IntStream.range(0, request.times()).mapToObj(_ -> ask(stage, side, request)).toList(),
          answer -> request.show().contains("version") ? answer.version() : answer.service());
    }
    MeshAnswer answer = ask(stage, side, request);
    return answer.status()
        + request.show().stream()
            .map(what -> " " + answer.show(what))
            .collect(Collectors.joining());
  }

  private static MeshAnswer ask(MeshStage stage, MeshStage.Side side, MeshCases.Request request) {
    List<String> headers = new ArrayList<>(List.of("x-request", UUID.randomUUID().toString()));
    request
        .headers()
        .forEach((name, value) -> {
          headers.add(name);
          headers.add(value);
        });
    if (!request.token().isEmpty()) {
      headers.add("authorization");
      headers.add("Bearer " + token(request.token()));
    }
    return stage.ask(side, request, headers.toArray(String[]::new));
  }

  /** Statuses with how often each came. */
  private static String together(MeshStage stage, MeshStage.Side side, MeshCases.Request request) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<MeshAnswer> asking = () -> ask(stage, side, request);
      return threads.invokeAll(Collections.nCopies(request.together(), asking)).stream()
          .map(Future::resultNow)
          .collect(Collectors.groupingBy(MeshAnswer::status, TreeMap::new, Collectors.counting()))
          .entrySet()
          .stream()
          .map(one -> one.getValue() + " × " + one.getKey())
          .collect(Collectors.joining(", "));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What comes of an entry: Consul's answer, or what Convoy says of it as a document in KV. */
  private static String written(MeshStage stage, MeshStage.Side side, JsonNode entry) {
    return switch (side) {
      case CONSUL -> {
        Http.Response answer = Http.put(stage.consul().url() + "/v1/config", entry.toString());
        yield answer.status() == 200
            ? "accepted"
            : "refused: " + CharMatcher.whitespace().trimAndCollapseFrom(answer.body(), ' ');
      }
      case CONVOY -> {
        stage.consul().putKey(key(entry), entry.toString());
        String page = key(entry).replace("convoy/", "/policies/");
        Await.until(
            "Convoy has read it", () -> stage.convoy().admin(page).body().contains("\"kv\""));
        String status = accepted(stage.convoy().admin(page).body());
        stage.consul().deleteKey(key(entry));
        yield status;
      }
    };
  }

  /** The status, with what is said about it: the reason, or what has no effect. */
  private static String accepted(String page) {
    try {
      JsonNode status = JSON.readTree(page);
      JsonNode condition = status.path("conditions").path(0);
      return condition.path("status").asText().equals("True")
          ? "accepted: " + status.path("warnings").path(0).asText().replaceFirst("^[^ ]* ", "")
          : "refused: " + condition.path("message").asText();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String shares(List<MeshAnswer> answers, Function<MeshAnswer, String> by) {
    return answers.stream()
        .collect(Collectors.groupingBy(by, TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .map(one -> one.getKey() + " " + Math.round(100.0 * one.getValue() / answers.size()))
        .collect(Collectors.joining(", "));
  }

  /** Numbers may be a little off where they are shares. */
  private static boolean agree(String said, String is) {
    if (said.endsWith("=another")) {
      String mine = said.replaceFirst("another$", "mine");
      return !is.equals(mine) && is.startsWith(mine.replaceFirst("mine$", ""));
    }
    if (!SHARES.matcher(said).matches()) {
      return said.equals(is);
    }
    if (said.equals("any 100")) {
      return is.endsWith(" 100");
    }
    Map<String, Integer> expected = byName(said);
    Map<String, Integer> found = SHARES.matcher(is).matches() ? byName(is) : Map.of();
    return expected.keySet().equals(found.keySet())
        && expected.entrySet().stream()
            .allMatch(
                one -> Math.abs(one.getValue() - found.getOrDefault(one.getKey(), 0)) <= TOLERANCE);
  }

  private static Map<String, Integer> byName(String shares) {
    return Arrays.stream(shares.split(", ", -1))
        .map(share -> share.split(" ", 2))
        .collect(Collectors.toMap(words -> words[0], words -> Integer.valueOf(words[1])));
  }

  /** The tokens that cases name. */
  private static String token(String name) {
    var claims =
        new TreeMap<String, Object>(
            Map.of(
                "iss", "https://okta.test",
                "sub", "alice",
                "aud", "shop",
                "realm", Map.of("role", "staff"),
                "exp", Instant.now().getEpochSecond() + 300));
    return switch (name) {
      case "staff" -> KEY.token(claims);
      case "guest" -> KEY.token(with(claims, "realm", Map.of("role", "guest")));
      case "list" -> KEY.token(with(claims, "realm", Map.of("role", List.of("x", "staff"))));
      case "forged" -> FORGED.token(claims);
      case "expired" -> KEY.token(with(claims, "exp", 1_000_000_000));
      case "of another issuer" -> KEY.token(with(claims, "iss", "https://else.test"));
      case "for another audience" -> KEY.token(with(claims, "aud", "else"));
      case "malformed" -> "a.b.c";
      default -> throw new IllegalArgumentException("no token: " + name);
    };
  }

  private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
    var other = new TreeMap<>(claims);
    other.put(name, value);
    return other;
  }
}
