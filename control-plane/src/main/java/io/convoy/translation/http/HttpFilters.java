package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/** The filters that a request passes at a gateway, in this order. */
public final class HttpFilters {
  private HttpFilters() {}

  /** The whole chain. The same for every gateway: what differs, the routes switch on. */
  public static ImmutableList<HttpFilter> gateway() {
    return ImmutableList.of(
        // Sends the request on; whatever came after it would never see one.
        RouterFilter.FILTER);
  }
}
