package io.convoy.registry.consul;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** {@code value}: in Base64, as Consul sends it; empty for a key without one. */
record KvEntry(String key, String value, long createIndex, long modifyIndex) {

  static List<KvEntry> parseAll(InputStream body) throws IOException {
    List<KvEntry> entries = new ArrayList<>();
    try (JsonParser json = ConsulJson.parser(body)) {
      ConsulJson.eachOf(json, () -> entries.add(parse(json)));
    }
    return entries;
  }

  private static KvEntry parse(JsonParser json) throws IOException {
    String key = "";
    String value = "";
    long createIndex = 0;
    long modifyIndex = 0;
    for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
      switch (field) {
        case "Key" -> key = ConsulJson.text(json);
        case "Value" -> value = ConsulJson.text(json);
        case "CreateIndex" -> createIndex = json.getLongValue();
        case "ModifyIndex" -> modifyIndex = json.getLongValue();
        default -> json.skipChildren();
      }
    }
    return new KvEntry(key, value, createIndex, modifyIndex);
  }
}
