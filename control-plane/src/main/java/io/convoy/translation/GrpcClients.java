package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Catalog;

/** placeholder */
final class GrpcClients {
  GrpcClients(NodeGroup group) {}

  Translation translate(Catalog catalog, Documents documents) {
    return new Translation(ImmutableList.of(), com.google.common.collect.ImmutableSetMultimap.of());
  }
}
