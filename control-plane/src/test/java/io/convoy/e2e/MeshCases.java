package io.convoy.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.yaml.snakeyaml.Yaml;

/**
 * What is asked of Consul's own mesh and of Convoy's under the same config entries, and what each
 * answers: {@code mesh-cases.yaml}, whose head describes the fields.
 *
 * @param refused what Envoy refused of Consul's configuration, in words
 */
record MeshCases(String refused, List<Group> groups) {
  static final Path FILE = Path.of("src/test/resources/mesh-cases.yaml");
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Cases under the same entries.
   *
   * @param byDefault what the agent's default intention policy is: {@code allow} or {@code deny}
   * @param entries Consul's
   * @param documents Convoy's own, in KV
   */
  record Group(
      String feature,
      String byDefault,
      List<JsonNode> entries,
      List<JsonNode> documents,
      List<Case> cases) {
    @Override
    public String toString() {
      return feature + ": " + cases.getFirst().name();
    }
  }

  /** {@code why}: empty where both answer the same. */
  record Case(String name, Request request, String consul, String convoy, String why) {
    boolean same() {
      return consul.equals(convoy);
    }
  }

  /**
   * A request.
   *
   * @param from the caller; {@code nobody} has no certificate
   * @param token the token that it bears; empty for none
   * @param times how often it is asked, one after the other; shares are counted above 1
   * @param together how often at the same time; statuses are counted above 1
   * @param show what of the answer counts besides its status
   * @param write an entry that is written in place of a request; what counts is what comes of it
   */
  record Request(
      String from,
      String to,
      String method,
      String path,
      Map<String, String> headers,
      String token,
      int times,
      int together,
      List<String> show,
      JsonNode write) {
    /** With a value of its own where a header is to have one. */
    Request unique() {
      var values = new TreeMap<>(headers);
      values.replaceAll(
          (_, value) -> value.equals("UNIQUE") ? UUID.randomUUID().toString() : value);
      return new Request(from, to, method, path, values, token, times, together, show, write);
    }

    @Override
    public String toString() {
      if (!write.isMissingNode()) {
        return "write " + write.path("Kind").asText();
      }
      var text = new StringBuilder(from + " to " + to + ": " + method + " " + path);
      headers.forEach((name, value) -> text.append(", ").append(name).append(": ").append(value));
      text.append(token.isEmpty() ? "" : ", token: " + token);
      text.append(times > 1 ? ", " + times + " times" : "");
      return text.append(together > 1 ? ", " + together + " at a time" : "").toString();
    }
  }

  static MeshCases read() {
    try {
      return parse(Files.readString(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MeshCases parse(String yaml) {
    JsonNode root = JSON.valueToTree(new Yaml().<Object>load(yaml));
    List<Group> groups = new ArrayList<>();
    root.path("groups").forEach(group -> groups.add(group(group)));
    return new MeshCases(root.path("refused").asText(), List.copyOf(groups));
  }

  private static Group group(JsonNode node) {
    List<Case> cases = new ArrayList<>();
    node.path("cases").forEach(one -> cases.add(readCase(node, one)));
    return new Group(
        node.path("feature").asText(),
        node.path("default").asText("deny"),
        node.path("entries").valueStream().toList(),
        node.path("documents").valueStream().toList(),
        List.copyOf(cases));
  }

  private static Case readCase(JsonNode group, JsonNode node) {
    String name = node.path("case").asText();
    String both = node.path("answer").asText();
    String why = node.path("why").asText();
    boolean differs = node.has("consul") && node.has("convoy") && !why.isEmpty();
    if (name.isEmpty() || differs == node.has("answer")) {
      throw new IllegalArgumentException(
          "expected case and either answer or consul, convoy and why: " + node);
    }
    String consul = differs ? node.path("consul").asText() : both;
    String convoy = differs ? node.path("convoy").asText() : both;
    if (differs && consul.equals(convoy)) {
      throw new IllegalArgumentException("it differs, with the same answer: " + node);
    }
    return new Case(name, request(group, node), consul, convoy, why);
  }

  private static Request request(JsonNode group, JsonNode node) {
    List<String> words = List.of(node.path("ask").asText("GET /").split(" ", 2));
    Map<String, String> headers = new TreeMap<>();
    node.path("headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
    return new Request(
        node.path("from").asText("web"),
        node.path("to").asText(group.path("to").asText("api")),
        words.getFirst(),
        words.getLast(),
        headers,
        node.path("token").asText(),
        node.path("times").asInt(1),
        node.path("together").asInt(1),
        (node.has("show") ? node : group).path("show").valueStream().map(JsonNode::asText).toList(),
        node.path("write"));
  }
}
