package io.convoy.translation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.Secrets;

/**
 * Puts fingerprints in the place of secrets where a resource is shown: keys of clients, users'
 * passwords, symmetric keys of tokens.
 */
final class ResourceSecrets {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Messages that may hold secrets, by the end of their type URLs. */
  private static final ImmutableSet<String> BEARERS =
      ImmutableSet.of(
          ".ApiKeyAuth",
          ".ApiKeyAuthPerRoute",
          ".BasicAuth",
          ".BasicAuthPerRoute",
          ".JwtAuthentication");

  private ResourceSecrets() {}

  /** {@code json}: a resource in protobuf's JSON, with either form of names. */
  static String hide(String json) {
    if (BEARERS.stream().noneMatch(type -> json.contains(type + "\""))) {
      return json;
    }
    try {
      JsonNode tree = JSON.readTree(json);
      walk(tree);
      return tree.toPrettyString();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a resource that is not JSON", e);
    }
  }

  private static void walk(JsonNode node) {
    if (node instanceof ObjectNode object) {
      String type = object.path("@type").asText();
      if (type.contains(".ApiKeyAuth")) {
        object.path("credentials").forEach(credential -> hide(credential, "key"));
      } else if (type.contains(".BasicAuth")) {
        source(object.path("users"));
      } else if (type.endsWith(".JwtAuthentication")) {
        object.path("providers").forEach(ResourceSecrets::provider);
      }
    }
    node.forEach(ResourceSecrets::walk);
  }

  private static void provider(JsonNode provider) {
    JsonNode keys =
        provider.has("localJwks") ? provider.get("localJwks") : provider.path("local_jwks");
    String inline = keys.path("inlineString").asText() + keys.path("inline_string").asText();
    if (!inline.isEmpty() && Secrets.symmetric(inline)) {
      source(keys);
    }
  }

  private static void source(JsonNode source) {
    for (String name :
        ImmutableSet.of("inlineString", "inline_string", "inlineBytes", "inline_bytes")) {
      hide(source, name);
    }
  }

  private static void hide(JsonNode object, String field) {
    if (object.has(field)) {
      ((ObjectNode) object).put(field, Secrets.fingerprint(object.get(field).asText()));
    }
  }
}
