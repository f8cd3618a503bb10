package io.convoy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.cluster.v3.ClusterDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.endpoint.v3.EndpointDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.extension.v3.ExtensionConfigDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.listener.v3.ListenerDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.route.v3.RouteDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.secret.v3.SecretDiscoveryServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams that are not aggregated: each type has a service of its own, in both protocols. */
class ServicePerTypeTest {
  private static final Node NODE = Node.newBuilder().setId("n").setCluster("gateway").build();

  private final World world = new World();
  private final List<Throwable> errors = new ArrayList<>();

  @AfterEach
  void close() {
    world.close();
  }

  @ParameterizedTest
  @EnumSource
  void stateOfTheWorld(ResourceType type) {
    var key = new ResourceKey(type, "a");
    world.put(key, 1).publish();
    var responses = new ArrayList<DiscoveryResponse>();
    var requests = open(sotw(type), responses);
    var request = DiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl()).addResourceNames("a");
    requests.onNext(request.setNode(NODE).build());
    requests.onNext(
        request
            .clearNode()
            .setVersionInfo(responses.getLast().getVersionInfo())
            .setResponseNonce(responses.getLast().getNonce())
            .build());
    world.put(key, 2).publish();

    assertThat(errors).isEmpty();
    assertThat(responses)
        .hasSize(2)
        .allSatisfy(response -> assertThat(response.getTypeUrl()).isEqualTo(type.typeUrl()));
    assertThat(Make.version(responses.getLast().getResources(0))).isEqualTo(world.version(key));
  }

  @ParameterizedTest
  @EnumSource
  void incremental(ResourceType type) {
    var key = new ResourceKey(type, "a");
    world.put(key, 1).publish();
    var responses = new ArrayList<DeltaDiscoveryResponse>();
    var requests = open(delta(type), responses);
    var request = DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    requests.onNext(request.setNode(NODE).addResourceNamesSubscribe("a").build());
    requests.onNext(
        request
            .clearNode()
            .clearResourceNamesSubscribe()
            .setResponseNonce(responses.getLast().getNonce())
            .build());
    world.put(key, 2).publish();

    assertThat(errors).isEmpty();
    assertThat(responses)
        .hasSize(2)
        .allSatisfy(response -> assertThat(response.getTypeUrl()).isEqualTo(type.typeUrl()));
    assertThat(responses.getLast().getResources(0).getVersion()).isEqualTo(world.version(key));
  }

  private <Q, A> StreamObserver<Q> open(MethodDescriptor<Q, A> method, List<A> responses) {
    return ClientCalls.asyncBidiStreamingCall(
        world.channel.newCall(method, CallOptions.DEFAULT),
        new StreamObserver<A>() {
          @Override
          public void onNext(A response) {
            responses.add(response);
          }

          @Override
          public void onError(Throwable t) {
            errors.add(t);
          }

          @Override
          public void onCompleted() {}
        });
  }

  private static MethodDescriptor<DiscoveryRequest, DiscoveryResponse> sotw(ResourceType type) {
    return switch (type) {
      case CLUSTERS -> ClusterDiscoveryServiceGrpc.getStreamClustersMethod();
      case SECRETS -> SecretDiscoveryServiceGrpc.getStreamSecretsMethod();
      case ENDPOINTS -> EndpointDiscoveryServiceGrpc.getStreamEndpointsMethod();
      case EXTENSIONS -> ExtensionConfigDiscoveryServiceGrpc.getStreamExtensionConfigsMethod();
      case LISTENERS -> ListenerDiscoveryServiceGrpc.getStreamListenersMethod();
      case ROUTES -> RouteDiscoveryServiceGrpc.getStreamRoutesMethod();
    };
  }

  private static MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> delta(
      ResourceType type) {
    return switch (type) {
      case CLUSTERS -> ClusterDiscoveryServiceGrpc.getDeltaClustersMethod();
      case SECRETS -> SecretDiscoveryServiceGrpc.getDeltaSecretsMethod();
      case ENDPOINTS -> EndpointDiscoveryServiceGrpc.getDeltaEndpointsMethod();
      case EXTENSIONS -> ExtensionConfigDiscoveryServiceGrpc.getDeltaExtensionConfigsMethod();
      case LISTENERS -> ListenerDiscoveryServiceGrpc.getDeltaListenersMethod();
      case ROUTES -> RouteDiscoveryServiceGrpc.getDeltaRoutesMethod();
    };
  }
}
