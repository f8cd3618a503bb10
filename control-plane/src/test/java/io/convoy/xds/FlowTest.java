package io.convoy.xds;

import static io.convoy.translation.ResourceType.CLUSTERS;
import static io.convoy.translation.ResourceType.ENDPOINTS;
import static io.convoy.translation.ResourceType.ROUTES;
import static io.convoy.xds.Make.cluster;
import static io.convoy.xds.Make.endpoints;
import static io.convoy.xds.Make.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.xds.Client.Reply;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a publish costs, and what a slow client costs. */
class FlowTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @ParameterizedTest
  @EnumSource
  void oneResponseOfATypeIsInFlightAndTheNewestStateFollowsIt(Protocol protocol) {
    world.put(cluster("a"), 1).publish();
    Client client = Client.of(world, protocol).ask(CLUSTERS);
    Reply first = client.take();
    for (int i = 2; i <= 50; i++) {
      world.put(cluster("a"), i).publish();
    }
    assertThat(client.quiet()).isTrue();
    client.ack(first);
    assertThat(client.take().resources()).containsEntry("a", world.version(cluster("a")));
    assertThat(client.quiet()).isTrue();
  }

  @Test
  void typesDoNotWaitForEachOthersAnswers() {
    world.put(cluster("a"), 1).put(endpoints("a"), 1).publish();
    Client client = Client.delta(world).ask(CLUSTERS).ask(ENDPOINTS, "a");
    assertThat(client.take().type()).isEqualTo(CLUSTERS);
    assertThat(client.take().type()).isEqualTo(ENDPOINTS);
    world.put(endpoints("a"), 2).publish();
    assertThat(client.quiet()).isTrue();
  }

  /** One load assignment of 10,000 changes; two of four streams ask for it. */
  @Test
  void aPublishCostsWhatChanged() {
    IntStream.range(0, 10_000).forEach(i -> world.put(endpoints("e" + i), 1));
    world.publish();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Client client =
          new Client(world.channel, i % 2 == 0 ? Protocol.SOTW : Protocol.DELTA, "c" + i);
      client.ask(ENDPOINTS, i < 2 ? "e7" : "e8", "e9");
      client.accept(ENDPOINTS);
      clients.add(client);
    }
    double responses = world.count("convoy.xds.responses", "type", "endpoints");
    double resources = world.count("convoy.xds.resources", "type", "endpoints");
    double woken = world.count("convoy.xds.streams.woken");
    world.put(endpoints("e7"), 2).publish();
    world.clock.pass(java.time.Duration.ofMillis(5));
    assertThat(clients.get(0).accept(ENDPOINTS).resources()).containsOnlyKeys("e7");
    assertThat(clients.get(1).accept(ENDPOINTS).resources()).containsOnlyKeys("e7");
    assertThat(clients.get(2).quiet() && clients.get(3).quiet()).isTrue();
    assertThat(world.count("convoy.xds.streams.woken") - woken).isEqualTo(2);
    assertThat(world.count("convoy.xds.responses", "type", "endpoints") - responses).isEqualTo(2);
    assertThat(world.count("convoy.xds.resources", "type", "endpoints") - resources).isEqualTo(2);
    var latency = world.meters.get("convoy.xds.ack.latency").tag("type", "endpoints").timer();
    assertThat(latency.count()).isEqualTo(2);
    assertThat(latency.totalTime(java.util.concurrent.TimeUnit.MILLISECONDS)).isEqualTo(10);
  }

  /** The resource's bytes are the snapshot's own: a response holds no copy of them. */
  @Test
  void resourcesAreSerialisedOnceAndShared() {
    var resource = Make.resource(cluster("a"), 1);
    var sotw = Response.sotw(CLUSTERS.typeUrl(), "v", List.of(resource));
    var delta = Response.delta(CLUSTERS.typeUrl(), "v", List.of(resource), List.of("gone"));
    for (Response.Body body : List.of(sotw, delta)) {
      assertThat(body.pieces())
          .anySatisfy(piece -> assertThat(piece).isSameAs(resource.body().getValue()));
    }
  }

  @Test
  void aClientThatReadsNothingFor2000PublishesCatchesUpWithOneResponseAType() {
    world.put(cluster("a"), 0).put(route("r"), 0).publish();
    var slow = new SlowClient(world);
    slow.ask(CLUSTERS.typeUrl());
    slow.ask(ROUTES.typeUrl(), "r");
    for (int i = 1; i <= 2_000; i++) {
      world.put(cluster("a"), i).put(cluster("b" + i % 10), i).put(route("r"), i).publish();
    }
    double sent = world.count("convoy.xds.responses", "type", "clusters");
    assertThat(sent).as("nothing is written that the client does not take").isLessThan(2);
    slow.readAndAnswerAll();
    assertThat(slow.count(CLUSTERS.typeUrl())).isLessThanOrEqualTo(2);
    assertThat(slow.count(ROUTES.typeUrl())).isLessThanOrEqualTo(2);
    assertThat(Make.version(slow.last(ROUTES.typeUrl()).getResources(0)))
        .isEqualTo(world.version(route("r")));
    assertThat(slow.last(CLUSTERS.typeUrl()).getResourcesCount()).isEqualTo(11);
  }

  /** A stopped Envoy: connected, and taking nothing until it is told to. */
  private static final class SlowClient {
    private final List<DiscoveryResponse> got = new ArrayList<>();
    private ClientCallStreamObserver<DiscoveryRequest> call;

    @SuppressWarnings("NullAway.Init")
    SlowClient(World world) {
      AggregatedDiscoveryServiceGrpc.newStub(world.channel)
          .streamAggregatedResources(
              new ClientResponseObserver<DiscoveryRequest, DiscoveryResponse>() {
                @Override
                public void beforeStart(ClientCallStreamObserver<DiscoveryRequest> stream) {
                  stream.disableAutoRequestWithInitial(0);
                  call = stream;
                }

                @Override
                public void onNext(DiscoveryResponse response) {
                  got.add(response);
                }

                @Override
                public void onError(Throwable t) {}

                @Override
                public void onCompleted() {}
              });
    }

    void ask(String type, String... names) {
      call.onNext(
          DiscoveryRequest.newBuilder()
              .setNode(Node.newBuilder().setId("slow").setCluster("gateway"))
              .setTypeUrl(type)
              .addAllResourceNames(List.of(names))
              .build());
    }

    void readAndAnswerAll() {
      int answered = 0;
      call.request(1);
      while (answered < got.size()) {
        DiscoveryResponse response = got.get(answered++);
        var ack =
            DiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setVersionInfo(response.getVersionInfo())
                .setResponseNonce(response.getNonce());
        if (response.getTypeUrl().equals(ROUTES.typeUrl())) {
          ack.addResourceNames("r");
        }
        call.onNext(ack.build());
        call.request(1);
      }
    }

    long count(String type) {
      return got.stream().filter(response -> response.getTypeUrl().equals(type)).count();
    }

    DiscoveryResponse last(String type) {
      return got.stream()
          .filter(response -> response.getTypeUrl().equals(type))
          .reduce((a, b) -> b)
          .orElseThrow();
    }
  }
}
