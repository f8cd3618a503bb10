package io.convoy.snapshot;

import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.translation.ResourceType;

/**
 * A publish for one node group.
 *
 * @param snapshot the new state in full
 * @param changed names that were added, removed or got another version since the update before;
 *     everything on a first update
 */
public record SnapshotUpdate(
    Snapshot snapshot, ImmutableSetMultimap<ResourceType, String> changed) {}
