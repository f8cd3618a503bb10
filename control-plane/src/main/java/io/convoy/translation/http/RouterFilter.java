package io.convoy.translation.http;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/** Envoy's router: follows the route, retries, times out. */
public final class RouterFilter {
  /** As it is: {@code x-envoy-original-path} is what the access log knows the path from. */
  public static final HttpFilter FILTER =
      HttpFilter.newBuilder()
          .setName("envoy.filters.http.router")
          .setTypedConfig(Any.pack(Router.getDefaultInstance()))
          .build();

  private RouterFilter() {}
}
