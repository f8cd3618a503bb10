package io.convoy.xds;

import com.google.common.collect.ImmutableMap;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.ResourceType;
import java.time.Instant;

/**
 * A connected Envoy and what it was told.
 *
 * @param id Envoy's {@code node.id}
 * @param connectedSince when the newest of its streams began
 * @param types what it has subscribed to, in the order of {@link ResourceType}
 */
public record NodeStatus(
    String id,
    NodeGroup group,
    Protocol protocol,
    Instant connectedSince,
    ImmutableMap<ResourceType, TypeStatus> types) {}
