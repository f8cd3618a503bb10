package io.convoy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.translation.NodeGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotsTest {
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

  private final NodeGroup group = new NodeGroup(NodeGroup.Role.GATEWAY, "edge", 0);
  private final List<NodeGroup> wanted = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private final Snapshots snapshots = new Snapshots(wanted::add, () -> now);

  @Test
  void aGroupIsForgottenSomeTimeAfterItsLastSubscriber() {
    Snapshots.Subscription first = snapshots.subscribe(group, _ -> {});
    Snapshots.Subscription second = snapshots.subscribe(group, _ -> {});
    snapshots.publish(Snapshot.of(group, List.of()));
    first.close();
    pass(TEN_MINUTES);
    assertThat(snapshots.dropIdle(TEN_MINUTES)).isEmpty();

    second.close();
    pass(TEN_MINUTES.minusSeconds(1));
    assertThat(snapshots.dropIdle(TEN_MINUTES)).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(snapshots.dropIdle(TEN_MINUTES)).containsExactly(group);
    assertThat(snapshots.groups()).isEmpty();
    assertThat(snapshots.get(group)).isEmpty();
  }

  @Test
  void whoComesBackInTimeKeepsTheGroup() {
    snapshots.subscribe(group, _ -> {}).close();
    pass(Duration.ofMinutes(9));
    snapshots.subscribe(group, _ -> {}).close();
    pass(Duration.ofMinutes(9));
    assertThat(snapshots.dropIdle(TEN_MINUTES)).isEmpty();
    assertThat(wanted).containsExactly(group);
  }

  @Test
  void aForgottenGroupIsWantedAnew() {
    snapshots.subscribe(group, _ -> {}).close();
    pass(TEN_MINUTES);
    assertThat(snapshots.dropIdle(TEN_MINUTES)).containsExactly(group);
    try (Snapshots.Subscription _ = snapshots.subscribe(group, _ -> {})) {
      assertThat(wanted).containsExactly(group, group);
    }
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }
}
