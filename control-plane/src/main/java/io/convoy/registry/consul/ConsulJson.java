package io.convoy.registry.consul;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads Consul's answers as they arrive: lists of objects, of which few fields are needed. */
final class ConsulJson {
  static final JsonFactory FACTORY = new JsonFactory();

  private ConsulJson() {}

  interface Step {
    void run() throws IOException;
  }

  static JsonParser parser(InputStream body) throws IOException {
    return FACTORY.createParser(body);
  }

  /** Reads a body that is a list, to its end; the parser stands at each object's start in turn. */
  static void eachOf(JsonParser json, Step object) throws IOException {
    json.nextToken();
    each(json, object);
    if (json.nextToken() != null) {
      throw new JsonParseException(json, "something follows the list");
    }
  }

  /** Runs {@code object} for each object of a list that the parser stands at; null is empty. */
  static void each(JsonParser json, Step object) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    expect(json, JsonToken.START_ARRAY);
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json, JsonToken.START_OBJECT);
      object.run();
    }
  }

  /** The first field of the object that the parser stands at; then it stands at its value. */
  static @Nullable String first(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    expect(json, JsonToken.START_OBJECT);
    return next(json);
  }

  /** The next field, or null at the object's end. */
  static @Nullable String next(JsonParser json) throws IOException {
    String field = json.nextFieldName();
    if (field != null) {
      json.nextToken();
    } else {
      expect(json, JsonToken.END_OBJECT);
    }
    return field;
  }

  /** The string that the parser stands at; null is the empty one. */
  static String text(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return "";
    }
    expect(json, JsonToken.VALUE_STRING);
    return json.getText();
  }

  /** The object of strings that the parser stands at; null is empty. */
  static Map<String, String> strings(JsonParser json) throws IOException {
    @Nullable Map<String, String> strings = null;
    for (String field = first(json); field != null; field = next(json)) {
      if (strings == null) {
        strings = new HashMap<>();
      }
      strings.put(field, text(json));
    }
    return strings == null ? Map.of() : strings;
  }

  /** The names of the fields of the object that the parser stands at. */
  static List<String> keys(JsonParser json) throws IOException {
    List<String> keys = new ArrayList<>();
    for (String field = first(json); field != null; field = next(json)) {
      keys.add(field);
      json.skipChildren();
    }
    return keys;
  }

  /** The list of strings that the parser stands at; null is empty. */
  static List<String> list(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return List.of();
    }
    expect(json, JsonToken.START_ARRAY);
    List<String> strings = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      strings.add(text(json));
    }
    return strings;
  }

  private static void expect(JsonParser json, JsonToken token) throws IOException {
    if (json.currentToken() != token) {
      throw new JsonParseException(json, token + " expected, but found " + json.currentToken());
    }
  }
}
