package io.convoy.xds;

import static io.convoy.xds.Make.cluster;
import static io.convoy.xds.Protocol.DELTA;
import static io.convoy.xds.Protocol.SOTW;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.translation.Resource;
import io.convoy.translation.ResourceType;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodiesTest {
  private final Bodies bodies = new Bodies(Versions.CONTENT_HASH);
  private final Resource a = Make.resource(cluster("a"), 1);
  private final Resource b = Make.resource(cluster("b"), 1);

  private Response.Body of(Protocol protocol, List<Resource> content, String... removed) {
    return bodies.of(ResourceType.CLUSTERS, protocol, content, List.of(removed));
  }

  @Test
  void whatIsToldAlikeIsMadeOnce() {
    Response.Body first = of(DELTA, List.of(a, b), "gone");
    Response.Body other = of(DELTA, List.of(a));
    assertThat(of(DELTA, List.of(a, b), "gone")).isSameAs(first);
    assertThat(of(DELTA, List.of(a))).isSameAs(other).isNotSameAs(first);
  }

  @Test
  void whatDiffersInAnythingIsMadeAnew() {
    Response.Body first = of(DELTA, List.of(a, b), "gone");
    assertThat(of(SOTW, List.of(a, b))).isNotEqualTo(first);
    assertThat(of(DELTA, List.of(a, b)).version()).isNotEqualTo(first.version());
    assertThat(of(DELTA, List.of(a, b), "lost").version()).isNotEqualTo(first.version());
    Resource changed = Make.resource(cluster("a"), 2);
    assertThat(of(DELTA, List.of(changed, b), "gone").version()).isNotEqualTo(first.version());
  }

  @Test
  void noMoreThanTheLastAreKeptAndNoneAfterAPublish() {
    Response.Body first = of(DELTA, List.of(a));
    for (int i = 0; i < Bodies.KEPT; i++) {
      of(DELTA, List.of(Make.resource(cluster("c"), i)));
    }
    assertThat(of(DELTA, List.of(a))).isNotSameAs(first).isEqualTo(first);
    Response.Body last = of(DELTA, List.of(b));
    bodies.clear();
    assertThat(of(DELTA, List.of(b))).isNotSameAs(last).isEqualTo(last);
  }

  /** One stream's nonce must not reach another. */
  @Test
  void theNonceIsTheStreamsOwn() {
    Response.Body shared = of(DELTA, List.of(a));
    assertThat(shared.with("1")).isNotEqualTo(shared.with("2"));
    assertThat(shared.with("1").body()).isSameAs(shared.with("2").body());
  }
}
