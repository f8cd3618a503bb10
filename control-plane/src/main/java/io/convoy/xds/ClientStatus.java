package io.convoy.xds;

import io.convoy.translation.Resource;
import io.envoyproxy.envoy.admin.v3.ClientResourceStatus;
import io.envoyproxy.envoy.admin.v3.UpdateFailureState;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.status.v3.ClientConfig;
import io.envoyproxy.envoy.service.status.v3.ClientConfig.GenericXdsConfig;
import io.envoyproxy.envoy.service.status.v3.ClientStatusDiscoveryServiceGrpc.ClientStatusDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import io.envoyproxy.envoy.service.status.v3.ClientStatusResponse;
import io.envoyproxy.envoy.service.status.v3.ConfigStatus;
import io.envoyproxy.envoy.type.matcher.v3.NodeMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Locale;

/**
 * Envoy's client status service, for the whole fleet: what each node holds, resource by resource.
 * It shows names, versions and states; never a resource's content, which may be secret.
 */
final class ClientStatus extends ClientStatusDiscoveryServiceImplBase {
  private final Fleet fleet;

  ClientStatus(Fleet fleet) {
    this.fleet = fleet;
  }

  @Override
  public void fetchClientStatus(
      ClientStatusRequest request, StreamObserver<ClientStatusResponse> observer) {
    try {
      observer.onNext(respond(request));
      observer.onCompleted();
    } catch (StatusRuntimeException e) {
      observer.onError(e);
    }
  }

  @Override
  public StreamObserver<ClientStatusRequest> streamClientStatus(
      StreamObserver<ClientStatusResponse> observer) {
    return new StreamObserver<>() {
      @Override
      public void onNext(ClientStatusRequest request) {
        try {
          observer.onNext(respond(request));
        } catch (StatusRuntimeException e) {
          observer.onError(e);
        }
      }

      @Override
      public void onError(Throwable ignored) {
        // the client is gone
      }

      @Override
      public void onCompleted() {
        observer.onCompleted();
      }
    };
  }

  private ClientStatusResponse respond(ClientStatusRequest request) {
    var response = ClientStatusResponse.newBuilder();
    for (Stream stream : fleet.streams()) {
      if (matches(request.getNodeMatchersList(), stream.nodeId())) {
        response.addConfig(config(stream));
      }
    }
    return response.build();
  }

  private static ClientConfig config(Stream stream) {
    var config =
        ClientConfig.newBuilder()
            .setNode(Node.newBuilder().setId(stream.nodeId()).setCluster(stream.group().cluster()));
    stream.describe(
        (resource, held, message) -> config.addGenericXdsConfigs(entry(resource, held, message)));
    return config.build();
  }

  private static GenericXdsConfig entry(
      Resource resource, boolean held, @org.jspecify.annotations.Nullable String message) {
    var entry =
        GenericXdsConfig.newBuilder()
            .setTypeUrl(resource.key().type().typeUrl())
            .setName(resource.key().name())
            .setVersionInfo(resource.version());
    if (message != null) {
      return entry
          .setConfigStatus(ConfigStatus.ERROR)
          .setClientStatus(ClientResourceStatus.NACKED)
          .setErrorState(UpdateFailureState.newBuilder().setDetails(message))
          .build();
    }
    return entry
        .setConfigStatus(held ? ConfigStatus.SYNCED : ConfigStatus.STALE)
        .setClientStatus(held ? ClientResourceStatus.ACKED : ClientResourceStatus.REQUESTED)
        .build();
  }

  private static boolean matches(List<NodeMatcher> matchers, String id) {
    return matchers.isEmpty() || matchers.stream().anyMatch(matcher -> matches(matcher, id));
  }

  private static boolean matches(NodeMatcher matcher, String id) {
    if (!matcher.getNodeMetadatasList().isEmpty()) {
      throw unsupported("node_metadatas");
    }
    if (!matcher.hasNodeId()) {
      return true;
    }
    StringMatcher string = matcher.getNodeId();
    boolean fold = string.getIgnoreCase();
    String value = fold(id, fold);
    return switch (string.getMatchPatternCase()) {
      case EXACT -> value.equals(fold(string.getExact(), fold));
      case PREFIX -> value.startsWith(fold(string.getPrefix(), fold));
      case SUFFIX -> value.endsWith(fold(string.getSuffix(), fold));
      case CONTAINS -> value.contains(fold(string.getContains(), fold));
      case SAFE_REGEX, CUSTOM, MATCHPATTERN_NOT_SET ->
          throw unsupported("node_id." + string.getMatchPatternCase());
    };
  }

  private static String fold(String value, boolean fold) {
    return fold ? value.toLowerCase(Locale.ROOT) : value;
  }

  private static StatusRuntimeException unsupported(String field) {
    return Status.INVALID_ARGUMENT
        .withDescription(
            "node_matchers."
                + field
                + " is not supported, expected node_id exact, prefix, suffix or contains")
        .asRuntimeException();
  }
}
