package io.convoy.snapshot;

import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.translation.ResourceType;
import java.time.Duration;

/**
 * A publish for one node group.
 *
 * @param snapshot the new state in full
 * @param changed names that were added, removed or got another version since the update before;
 *     everything on a first update
 * @param sinceChange how long before the publish the registry reported the oldest change in it
 */
public record SnapshotUpdate(
    Snapshot snapshot, ImmutableSetMultimap<ResourceType, String> changed, Duration sinceChange) {}
