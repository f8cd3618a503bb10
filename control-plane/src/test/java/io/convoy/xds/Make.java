package io.convoy.xds;

import com.google.common.collect.ImmutableSet;
import com.google.common.hash.Hashing;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import io.convoy.policy.DocumentId;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.Arrays;

/** Resources that differ by a number. */
final class Make {
  private Make() {}

  static ResourceKey cluster(String name) {
    return new ResourceKey(ResourceType.CLUSTERS, name);
  }

  static ResourceKey endpoints(String name) {
    return new ResourceKey(ResourceType.ENDPOINTS, name);
  }

  static ResourceKey route(String name) {
    return new ResourceKey(ResourceType.ROUTES, name);
  }

  static ResourceKey listener(String name) {
    return new ResourceKey(ResourceType.LISTENERS, name);
  }

  static ResourceKey extension(String name) {
    return new ResourceKey(ResourceType.EXTENSIONS, name);
  }

  static ResourceKey secret(String name) {
    return new ResourceKey(ResourceType.SECRETS, name);
  }

  /** A cluster names its endpoints, so that a test says so only for others. */
  static Resource resource(ResourceKey key, int number, ResourceKey... references) {
    return resource(key, number, new DocumentId("service-defaults", key.name()), references);
  }

  /** As above, of another document: a slot comes to stand for this one and that. */
  static Resource resource(
      ResourceKey key, int number, DocumentId document, ResourceKey... references) {
    var all = ImmutableSet.<ResourceKey>builder().add(references);
    if (key.type() == ResourceType.CLUSTERS) {
      all.add(endpoints(key.name()));
    }
    return Resource.of(key, message(key, number), ImmutableSet.of(document), all.build());
  }

  private static Message message(ResourceKey key, int number) {
    String name = key.name();
    return switch (key.type()) {
      case CLUSTERS ->
          Cluster.newBuilder()
              .setName(name)
              .setConnectTimeout(Durations.fromSeconds(number))
              .build();
      case SECRETS ->
          Secret.newBuilder()
              .setName(name)
              .setGenericSecret(
                  GenericSecret.newBuilder()
                      .setSecret(DataSource.newBuilder().setInlineString("n" + number)))
              .build();
      case ENDPOINTS ->
          ClusterLoadAssignment.newBuilder()
              .setClusterName(name)
              .setPolicy(
                  ClusterLoadAssignment.Policy.newBuilder()
                      .setEndpointStaleAfter(Durations.fromSeconds(number)))
              .build();
      case EXTENSIONS ->
          TypedExtensionConfig.newBuilder()
              .setName(name)
              .setTypedConfig(Any.newBuilder().setTypeUrl("type.googleapis.com/x" + number))
              .build();
      case LISTENERS -> Listener.newBuilder().setName(name).setStatPrefix("n" + number).build();
      case ROUTES ->
          RouteConfiguration.newBuilder()
              .setName(name)
              .addInternalOnlyHeaders("n" + number)
              .build();
    };
  }

  static String version(Any body) {
    return Hashing.sha256()
        .hashBytes(body.getValue().asReadOnlyByteBuffer())
        .toString()
        .substring(0, 32);
  }

  static ResourceType type(String typeUrl) {
    return Arrays.stream(ResourceType.values())
        .filter(type -> type.typeUrl().equals(typeUrl))
        .findFirst()
        .orElseThrow();
  }

  static String name(Any body) {
    try {
      return switch (type(body.getTypeUrl())) {
        case CLUSTERS -> Cluster.parseFrom(body.getValue()).getName();
        case SECRETS -> Secret.parseFrom(body.getValue()).getName();
        case ENDPOINTS -> ClusterLoadAssignment.parseFrom(body.getValue()).getClusterName();
        case EXTENSIONS -> TypedExtensionConfig.parseFrom(body.getValue()).getName();
        case LISTENERS -> Listener.parseFrom(body.getValue()).getName();
        case ROUTES -> RouteConfiguration.parseFrom(body.getValue()).getName();
      };
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
