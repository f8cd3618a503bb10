package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.protobuf.Any;
import io.convoy.policy.DocumentId;

/**
 * What policies say about the requests of a route.
 *
 * @param configs by the filter's name: {@code typed_per_filter_config}
 * @param headers that the filters set in requests for each other
 * @param traffic besides the filters
 * @param slots that the requests pass
 * @param documents that said so
 */
record RouteFilters(
    ImmutableSortedMap<String, Any> configs,
    ImmutableSortedSet<String> headers,
    RouteTraffic traffic,
    ImmutableSet<ResourceKey> slots,
    ImmutableSet<DocumentId> documents) {
  static final RouteFilters NONE =
      new RouteFilters(
          ImmutableSortedMap.of(),
          ImmutableSortedSet.of(),
          RouteTraffic.NONE,
          ImmutableSet.of(),
          ImmutableSet.of());
}
