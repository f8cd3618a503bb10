package io.convoy.registry.consul;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.InputStream;

/**
 * A question to Consul's HTTP API.
 *
 * @param name the label of metrics and of the thread that asks
 * @param path below {@code /v1/}, percent-encoded
 * @param absentIsEmpty whether 404 with an index means that there is nothing, as in KV
 * @param indexed whether Consul's answer has an index; without one there is no waiting for changes
 */
record Query<T>(
    String name,
    String path,
    ImmutableMap<String, String> parameters,
    boolean absentIsEmpty,
    boolean indexed,
    Parser<T> parser) {

  /** One that Consul answers with an index. */
  Query(
      String name,
      String path,
      ImmutableMap<String, String> parameters,
      boolean absentIsEmpty,
      Parser<T> parser) {
    this(name, path, parameters, absentIsEmpty, true, parser);
  }

  static <T> Query<T> of(String name, String path, Parser<T> parser) {
    return new Query<>(name, path, ImmutableMap.of(), false, parser);
  }

  /** A question that Consul answers without an index. */
  static <T> Query<T> withoutIndex(String name, String path, Parser<T> parser) {
    return new Query<>(name, path, ImmutableMap.of(), false, false, parser);
  }

  /** Reads a body as it arrives; an exception of Jackson's means that it is malformed. */
  interface Parser<T> {
    T parse(InputStream body) throws IOException;
  }

  /**
   * What Consul answered.
   *
   * @param index Consul's {@code X-Consul-Index}, at least 1; 0 for an answer without one
   * @param filtered whether the token may not be allowed to see a part of it
   */
  record Answer<T>(T body, long index, boolean filtered) {}
}
