package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.translation.ResourceType.ENDPOINTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.policy.DocumentId;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many Envoys have what a document shapes, of one document and of all. */
class ProgrammedTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  private static DocumentId document(String name) {
    return new DocumentId("service-defaults", name);
  }

  @Test
  void allTogetherAreCountedAsEachAlone() {
    world.put(Make.cluster("a"), 1).put(Make.cluster("b"), 1).put(Make.endpoints("a"), 1);
    world.put(Make.endpoints("unasked"), 1).publish();
    Client silent = new Client(world.channel, Protocol.DELTA, "silent").ask(CLUSTERS);
    silent.take();
    Client good = new Client(world.channel, Protocol.SOTW, "good").ask(CLUSTERS);
    good.accept(CLUSTERS);
    good.ask(ENDPOINTS, "a").take();
    Client other = new Client(world.channel, Protocol.DELTA, "other").ask(CLUSTERS);
    other.nack(other.take(), "b: bad");
    other.accept(CLUSTERS);

    var all = world.server.programmed();
    assertThat(all).containsOnlyKeys(document("a"), document("b"));
    all.forEach((id, programmed) -> assertThat(programmed).isEqualTo(world.server.programmed(id)));
    assertThat(all.get(document("a")))
        .as("one lacks the cluster, one the endpoints")
        .isEqualTo(new Programmed(1, 3, java.util.Optional.empty()));
    assertThat(all.get(document("b")))
        .isEqualTo(new Programmed(1, 3, java.util.Optional.of("b: bad")));
  }

  @Test
  void aLookAtAllDocumentsCostsOneLookAtEachResourceOfEachStream() {
    int documents = 200;
    int clients = 30;
    IntStream.range(0, documents).forEach(i -> world.put(Make.cluster("c" + i), 1));
    world.publish();
    for (int i = 0; i < clients; i++) {
      new Client(world.channel, Protocol.DELTA, "n" + i).ask(CLUSTERS).accept(CLUSTERS);
    }
    ProgrammedCount count = world.server.countProgrammed();
    assertThat(count.result()).hasSize(documents);
    assertThat(count.looks()).isEqualTo((long) documents * clients);
  }
}
