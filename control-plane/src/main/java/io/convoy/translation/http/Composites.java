package io.convoy.translation.http;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcherPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.Composite;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.ExecuteFilterAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/** Envoy's composite filter: a matcher chooses which of many filters a request passes. */
final class Composites {
  private static final TypedExtensionConfig COMPOSITE =
      TypedExtensionConfig.newBuilder()
          .setName("composite")
          .setTypedConfig(Any.pack(Composite.getDefaultInstance()))
          .build();

  private Composites() {}

  /** One that passes everything until a route switches it on. */
  static HttpFilter filter(String name, Matchers.ExactHeader matcher) {
    return filter(
        name,
        ExtensionWithMatcher.newBuilder()
            .setExtensionConfig(COMPOSITE)
            .setXdsMatcher(matcher.build())
            .build());
  }

  /** One whose matcher each route brings with it. */
  static HttpFilter filter(String name) {
    return filter(name, ExtensionWithMatcher.newBuilder().setExtensionConfig(COMPOSITE).build());
  }

  private static HttpFilter filter(String name, ExtensionWithMatcher config) {
    return HttpFilter.newBuilder()
        .setName(name)
        .setDisabled(true)
        .setTypedConfig(Any.pack(config))
        .build();
  }

  /** For a route's filter whose matcher it brings with it: every request passes {@code filter}. */
  static Any perRoute(String name, Message filter) {
    return Any.pack(
        ExtensionWithMatcherPerRoute.newBuilder()
            .setXdsMatcher(Matchers.always(action(name, filter)))
            .build());
  }

  /** Passes the request through a filter. */
  static ExecuteFilterAction action(String name, Message filter) {
    return ExecuteFilterAction.newBuilder()
        .setTypedConfig(
            TypedExtensionConfig.newBuilder().setName(name).setTypedConfig(Any.pack(filter)))
        .build();
  }
}
