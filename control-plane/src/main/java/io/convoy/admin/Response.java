package io.convoy.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.guava.GuavaModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.google.protobuf.ByteString;

/** An answer of the admin endpoint. */
record Response(int status, String contentType, ByteString body) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new GuavaModule())
          .addModule(new Jdk8Module())
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /** A record, map or list as JSON. */
  static Response json(int status, Object value) {
    try {
      return new Response(
          status, "application/json", ByteString.copyFrom(JSON.writeValueAsBytes(value)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an admin answer has no JSON form", e);
    }
  }

  static Response json(Object value) {
    return json(200, value);
  }

  /** Text that is JSON already. */
  static Response rawJson(String json) {
    return new Response(200, "application/json", ByteString.copyFromUtf8(json));
  }

  static Response text(String contentType, String text) {
    return new Response(200, contentType, ByteString.copyFromUtf8(text));
  }

  /** What is wrong, and what to do next. */
  static Response error(int status, String error, String next) {
    return json(status, new Failure(error, next));
  }

  private record Failure(String error, String next) {}
}
