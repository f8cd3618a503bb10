package io.convoy.bench.headline;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.ExecuteFilterAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;

/** What an Envoy asks for because of a listener. */
record Slots(List<String> routes, List<String> slots) {

  static Slots of(Listener listener) throws InvalidProtocolBufferException {
    var found = new Slots(new ArrayList<>(), new ArrayList<>());
    for (var chain : listener.getFilterChainsList()) {
      for (Filter filter : chain.getFiltersList()) {
        if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
          found.add(filter.getTypedConfig().unpack(HttpConnectionManager.class));
        }
      }
    }
    return found;
  }

  private void add(HttpConnectionManager manager) throws InvalidProtocolBufferException {
    if (manager.hasRds()) {
      routes.add(manager.getRds().getRouteConfigName());
    }
    for (HttpFilter filter : manager.getHttpFiltersList()) {
      if (filter.getTypedConfig().is(ExtensionWithMatcher.class)) {
        var lane = filter.getTypedConfig().unpack(ExtensionWithMatcher.class);
        var map = lane.getXdsMatcher().getMatcherTree().getExactMatchMap().getMapMap();
        for (var onMatch : map.values()) {
          Any action = onMatch.getAction().getTypedConfig();
          if (action.is(ExecuteFilterAction.class)) {
            slots.add(action.unpack(ExecuteFilterAction.class).getDynamicConfig().getName());
          }
        }
      }
    }
    slots.removeIf(String::isEmpty);
  }
}
