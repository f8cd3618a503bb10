package io.convoy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where two texts of JSON differ, by path, for people. */
final class JsonDifference {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MAX_VALUE = 60;

  /** Where what stands may be a secret, or is too long to be told. */
  private static final Pattern UNSHOWN =
      Pattern.compile(
          "(?i)inline|secret|password|users|credential|token|jwks|key$|bytes|cookie|value$");

  private final ImmutableList.Builder<String> lines = ImmutableList.builder();

  private JsonDifference() {}

  /**
   * A line each: {@code + PATH} for what is new, {@code - PATH} for what is gone, and {@code PATH:
   * OLD → NEW}. Items of a list that have names are compared by name, others by place. Values that
   * may be secrets are left out.
   */
  static ImmutableList<String> between(String old, String now) {
    var difference = new JsonDifference();
    try {
      difference.compare("", JSON.readTree(old), JSON.readTree(now));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
    return difference.lines.build();
  }

  private void compare(String path, @Nullable JsonNode old, @Nullable JsonNode now) {
    if (old == null) {
      lines.add("+ " + path);
    } else if (now == null) {
      lines.add("- " + path);
    } else if (old.isObject() && now.isObject()) {
      members(path, members(old), members(now));
    } else if (old.isArray() && now.isArray()) {
      members(path, items(old), items(now));
    } else if (!old.equals(now)) {
      lines.add(path + (shown(path) ? ": " + text(old) + " → " + text(now) : " changes"));
    }
  }

  private void members(String path, Map<String, JsonNode> old, Map<String, JsonNode> now) {
    var names = new TreeSet<>(old.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      String here = name.startsWith("[") || path.isEmpty() ? path + name : path + "." + name;
      compare(here, old.get(name), now.get(name));
    }
  }

  private static Map<String, JsonNode> members(JsonNode object) {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
    return members;
  }

  /** By name where every item has one of its own, else by place. */
  private static Map<String, JsonNode> items(JsonNode array) {
    Map<String, JsonNode> byName = new LinkedHashMap<>();
    Map<String, JsonNode> byPlace = new LinkedHashMap<>();
    for (JsonNode item : array) {
      byPlace.put("[" + byPlace.size() + "]", item);
      byName.put("[" + item.path("name").asText() + "]", item);
    }
    return byName.size() == byPlace.size() && !byName.containsKey("[]") ? byName : byPlace;
  }

  private static boolean shown(String path) {
    return !UNSHOWN.matcher(path.substring(path.lastIndexOf('.') + 1)).find();
  }

  private static String text(JsonNode node) {
    String text = node.isValueNode() ? node.asText() : node.isArray() ? "a list" : "a mapping";
    return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE) + "...";
  }
}
