package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.protobuf.Any;
import io.convoy.policy.DocumentId;

/**
 * What policies say about the filters that the requests of a route pass.
 *
 * @param configs by the filter's name: {@code typed_per_filter_config}
 * @param headers that the filters set in requests for each other
 * @param slots that the requests pass
 * @param documents that said so
 */
record RouteFilters(
    ImmutableSortedMap<String, Any> configs,
    ImmutableSortedSet<String> headers,
    ImmutableSet<ResourceKey> slots,
    ImmutableSet<DocumentId> documents) {
  static final RouteFilters NONE =
      new RouteFilters(
          ImmutableSortedMap.of(), ImmutableSortedSet.of(), ImmutableSet.of(), ImmutableSet.of());
}
