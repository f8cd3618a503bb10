package io.convoy.bench.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.bench.server.Engine;
import io.convoy.bench.workload.Churn;
import io.convoy.bench.workload.Workload;
import io.convoy.cli.local.Wait;
import io.convoy.translation.Resource;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulator against each server, in this process. */
class FleetTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int STREAMS = 30;

  private final Workload workload = new Churn(12, 3);
  private final Forecast forecast = new Forecast(workload);

  static Stream<Arguments> servers() {
    return Stream.of(Engine.Kind.values())
        .filter(Engine.Kind::translates)
        .flatMap(kind -> Stream.of(Protocol.values()).map(p -> Arguments.of(kind, p)));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void everyClientEndsWithTheSnapshot(Engine.Kind kind, Protocol protocol) throws Exception {
    try (Engine server = Engine.start(kind, workload, STREAMS, List.of(0));
        Fleet fleet = fleet(server, kind, protocol)) {
      assertThat(fleet.connect().await(LIMIT)).isTrue();
      assertThat(fleet.differences()).isEmpty();
      // Clusters, endpoints, listeners and routes.
      assertThat(fleet.responses()).isGreaterThanOrEqualTo(4 * STREAMS);

      for (int change = 0; change < 3; change++) {
        long before = fleet.responses();
        Round round = fleet.open(forecast.change(change));
        server.change(workload.change(change));
        assertThat(round.await(LIMIT)).isTrue();
        assertThat(fleet.responses() - before).isEqualTo(STREAMS);
      }
      assertThat(fleet.differences()).isEmpty();
      assertThat(fleet.ended()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void saysWhichClientsHoldSomethingElse(Engine.Kind kind, Protocol protocol) throws Exception {
    try (Engine server = Engine.start(kind, workload, STREAMS, List.of(0));
        Fleet fleet = fleet(server, kind, protocol)) {
      assertThat(fleet.connect().await(LIMIT)).isTrue();
      int[] expected = forecast.change(0);
      Round round = fleet.open(expected);

      assertThat(expected).hasSize(1);
      assertThat(round.missing()).isEqualTo(STREAMS);
      assertThat(fleet.differences())
          .hasSize(STREAMS)
          .allMatch(words -> words.contains("1 of 26 resources differ (endpoints/service-00000"));
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whoeverIsCutComesBackForWhatChangedMeanwhile(Engine.Kind kind, Protocol protocol)
      throws Exception {
    try (Engine server = Engine.start(kind, workload, STREAMS, List.of(0));
        Fleet fleet = fleet(server, kind, protocol)) {
      assertThat(fleet.connect().await(LIMIT)).isTrue();
      Round round = fleet.cut(forecast.change(0));
      server.change(workload.change(0));
      assertThat(round.await(LIMIT)).isTrue();

      // One more change reaches everybody on the new streams.
      Round next = fleet.open(forecast.change(1));
      server.change(workload.change(1));
      assertThat(next.await(LIMIT)).isTrue();
      assertThat(fleet.differences()).isEmpty();
      assertThat(fleet.ended()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whoRefusesAChangeKeepsWhatItHadAndTakesWhatIsGood(Engine.Kind kind, Protocol protocol)
      throws Exception {
    int refusing = 3;
    int bad = 0;
    try (Engine server = Engine.start(kind, workload, STREAMS, List.of(0));
        Fleet fleet = fleet(server, kind, protocol)) {
      assertThat(fleet.connect().await(LIMIT)).isTrue();
      List<Resource> content = forecast.changed(bad);
      content.forEach(one -> fleet.refuse(refusing, one));
      Round refused = fleet.open(forecast.expect(content));
      server.change(workload.change(bad));
      assertThat(Wait.until(LIMIT, () -> fleet.refusals() > 0)).isTrue();
      assertThat(refused.missing()).isGreaterThanOrEqualTo(refusing);
      assertThat(fleet.differences()).hasSizeGreaterThanOrEqualTo(refusing);

      // Of another service, then of the same: as many changes on as there are services.
      for (int change : List.of(bad + 1, bad + 12)) {
        Round round = fleet.open(forecast.change(change));
        server.change(workload.change(change));
        assertThat(round.await(LIMIT)).isTrue();
      }
      assertThat(fleet.differences()).isEmpty();
      assertThat(fleet.ended()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aServerThatGoesAwayEndsTheRound(Engine.Kind kind, Protocol protocol) throws Exception {
    Engine server = Engine.start(kind, workload, STREAMS, List.of(0));
    try (Fleet fleet = fleet(server, kind, protocol)) {
      assertThat(fleet.connect().await(LIMIT)).isTrue();
      Round round = fleet.open(forecast.change(0));
      server.close();

      assertThat(round.await(LIMIT)).isFalse();
      assertThat(fleet.ended()).isPresent();
    }
  }

  private Fleet fleet(Engine server, Engine.Kind kind, Protocol protocol) {
    return Fleet.of(
        new Fleet.Settings(server.port(), protocol, STREAMS, 4, kind.nodeAlways()),
        forecast.expectation());
  }
}
