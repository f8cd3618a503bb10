package io.convoy.translation.http;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/** Envoy's router: follows the route, retries, times out. */
public final class RouterFilter {
  /**
   * Without {@code x-envoy-*} headers on responses: how long an upstream took is nobody's business
   * outside, and in the access log.
   */
  public static final HttpFilter FILTER =
      HttpFilter.newBuilder()
          .setName("envoy.filters.http.router")
          .setTypedConfig(Any.pack(Router.newBuilder().setSuppressEnvoyHeaders(true).build()))
          .build();

  private RouterFilter() {}
}
