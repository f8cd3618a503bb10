package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.xds.Make.cluster;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RefusedAgainTest {

  @ParameterizedTest
  @EnumSource
  void whatIsPublishedAgainIsNotSentButToldOfAgain(Protocol protocol) {
    try (World world = new World()) {
      world.put(cluster("a"), 1).publish();
      Client client = Client.of(world, protocol).ask(CLUSTERS);
      client.accept(CLUSTERS);
      world.put(cluster("a"), 2).publish();
      client.nack(client.take(), "no");
      String refused = world.version(cluster("a"));
      assertThat(world.rejections).hasSize(1);

      world.put(cluster("a"), 1).publish();
      while (!client.quiet()) {
        client.accept(CLUSTERS);
      }
      assertThat(world.rejections).hasSize(1);

      world.put(cluster("a"), 2).publish();
      assertThat(client.quiet()).isTrue();
      assertThat(world.rejections).hasSize(2);
      assertThat(world.rejections.getLast().version()).isEqualTo(refused);
    }
  }
}
