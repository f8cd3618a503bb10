package io.convoy.xds;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.snapshot.Snapshot;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.ResourceType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.EnumMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is published while a stream takes a request. */
class PublishDuringRequestTest {
  @Test
  void isInTheFirstAnswer() {
    NodeGroup group = new NodeGroup(NodeGroup.Role.GATEWAY, "g", 0);
    var subscriptions = new EnumMap<ResourceType, Subscription>(ResourceType.class);
    for (ResourceType type : ResourceType.values()) {
      subscriptions.put(type, new Subscription(type, Protocol.SOTW, _ -> null, name -> name));
    }
    var clusters = requireNonNull(subscriptions.get(ResourceType.CLUSTERS));
    // The first snapshot comes after the request was read, and before it is answered.
    clusters.request(List.of(), true, () -> Snapshot.of(group, List.of()));
    Snapshot published = Snapshot.of(group, List.of(Make.resource(Make.cluster("a"), 1)));
    var order =
        new Order(
            subscriptions,
            false,
            XdsSettings.plain("127.0.0.1", 0),
            new Metrics(new SimpleMeterRegistry()));
    order.begin(published, 1);
    assertThat(requireNonNull(clusters.next(published, order)).added()).containsOnlyKeys("a");
  }
}
