package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/** The filters that a request passes at a gateway, in this order. */
public final class HttpFilters {
  private HttpFilters() {}

  /**
   * The whole chain. The same for every gateway but for the lanes: what differs, the routes switch
   * on.
   *
   * @param source where the content of slots comes from
   */
  public static ImmutableList<HttpFilter> gateway(Lanes lanes, ConfigSource source) {
    var filters = ImmutableList.<HttpFilter>builder();
    // First, so that no later filter reads what a client wrote into these headers.
    filters.add(SlotChoice.byRoute());
    // Before all guards: a preflight has neither token nor key, and their refusals need headers for
    // a page to read them.
    filters.add(CorsFilter.FILTER);
    // Before the other guards and the limits, which may ask for the headers that say who it is.
    filters.add(BasicAuthFilter.FILTER);
    filters.add(ApiKeyFilter.FILTER);
    lanes(lanes, true, source, filters);
    // Between the guards and the limits: the guards say whose token it is.
    filters.add(SlotChoice.byIssuer());
    lanes(lanes, false, source, filters);
    // They stand in for the service, or come before it: guards and limits see every request first.
    filters.add(Faults.FILTER);
    // Last before the router, so that they see what the service answers and nothing else.
    filters.addAll(Compressors.filters());
    // Sends the request on; whatever came after it would never see one.
    filters.add(RouterFilter.FILTER);
    return filters.build();
  }

  private static void lanes(
      Lanes lanes, boolean guards, ConfigSource source, ImmutableList.Builder<HttpFilter> filters) {
    lanes
        .slots()
        .forEach((lane, slots) -> {
          if (lane.kind().guards() == guards) {
            filters.add(lane.filter(slots, source));
          }
        });
  }
}
