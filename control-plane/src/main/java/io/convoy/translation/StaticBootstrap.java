package io.convoy.translation;

import com.github.xds.type.matcher.v3.Matcher;
import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.ExecuteFilterAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.HashMap;
import java.util.Map;

/**
 * A translation with everything inlined that Envoy would ask for: only what is in a bootstrap is
 * looked at by {@code envoy --mode validate}.
 */
public final class StaticBootstrap {
  private final Map<String, ClusterLoadAssignment> endpoints = new HashMap<>();
  private final Map<String, RouteConfiguration> routes = new HashMap<>();
  private final Map<String, TypedExtensionConfig> extensions = new HashMap<>();

  private StaticBootstrap() {}

  /** As JSON, with the admin endpoint on a free port. */
  public static String of(Translation translation) {
    return of(translation, ImmutableList.of());
  }

  /** As above, with the secrets that it names: whoever reads the result reads them too. */
  public static String of(Translation translation, ImmutableList<Resource> secrets) {
    var result = new StaticBootstrap();
    for (Resource resource : translation.resources()) {
      switch (ResourceJson.message(resource)) {
        case ClusterLoadAssignment assignment ->
            result.endpoints.put(assignment.getClusterName(), assignment);
        case RouteConfiguration routes -> result.routes.put(routes.getName(), routes);
        case TypedExtensionConfig extension ->
            result.extensions.put(extension.getName(), extension);
        default -> {}
      }
    }
    var address = SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(0);
    var bootstrap =
        Bootstrap.newBuilder()
            .setAdmin(
                Admin.newBuilder().setAddress(Address.newBuilder().setSocketAddress(address)));
    for (Resource resource : secrets) {
      bootstrap.getStaticResourcesBuilder().addSecrets((Secret) ResourceJson.message(resource));
    }
    for (Resource resource : translation.resources()) {
      switch (ResourceJson.message(resource)) {
        case Cluster cluster ->
            bootstrap.getStaticResourcesBuilder().addClusters(result.cluster(cluster));
        case Listener listener ->
            bootstrap.getStaticResourcesBuilder().addListeners(result.listener(listener));
        default -> {}
      }
    }
    return ResourceJson.print(bootstrap);
  }

  private Cluster cluster(Cluster original) {
    Cluster cluster = withSecrets(original);
    if (!cluster.hasEdsClusterConfig()) {
      return cluster;
    }
    String name = cluster.getEdsClusterConfig().getServiceName();
    return cluster.toBuilder()
        .clearEdsClusterConfig()
        .setType(Cluster.DiscoveryType.STATIC)
        .setLoadAssignment(
            endpoints.getOrDefault(
                name.isEmpty() ? cluster.getName() : name,
                ClusterLoadAssignment.newBuilder().setClusterName(cluster.getName()).build()))
        .build();
  }

  private static Cluster withSecrets(Cluster cluster) {
    var result = cluster.toBuilder();
    for (var match : result.getTransportSocketMatchesBuilderList()) {
      var socket = match.getTransportSocketBuilder();
      var context = unpack(socket.getTypedConfig(), UpstreamTlsContext.class).toBuilder();
      withSecrets(context.getCommonTlsContextBuilder());
      socket.setTypedConfig(Any.pack(context.build()));
    }
    return result.build();
  }

  private static void withSecrets(TransportSocket.Builder socket) {
    var context = unpack(socket.getTypedConfig(), DownstreamTlsContext.class).toBuilder();
    withSecrets(context.getCommonTlsContextBuilder());
    socket.setTypedConfig(Any.pack(context.build()));
  }

  /**
   * Without a source, a name stands for a secret of the bootstrap's own. Files are another
   * machine's: what they are for is left out.
   */
  private static void withSecrets(CommonTlsContext.Builder context) {
    if (context
        .getCombinedValidationContext()
        .getValidationContextSdsSecretConfig()
        .getName()
        .startsWith(OutsideTls.PREFIX)) {
      context.clearTlsCertificateSdsSecretConfigs().clearCombinedValidationContext();
      return;
    }
    context.getTlsCertificateSdsSecretConfigsBuilderList().forEach(one -> one.clearSdsConfig());
    context
        .getCombinedValidationContextBuilder()
        .getValidationContextSdsSecretConfigBuilder()
        .clearSdsConfig();
  }

  private Listener listener(Listener listener) {
    var result = listener.toBuilder();
    for (var chain : result.getFilterChainsBuilderList()) {
      if (chain.hasTransportSocket()) {
        withSecrets(chain.getTransportSocketBuilder());
      }
      for (Filter.Builder filter : chain.getFiltersBuilderList()) {
        if (filter.hasConfigDiscovery()) {
          filter.setTypedConfig(content(filter.getName(), filter.getConfigDiscovery()));
        }
        if (!filter.getTypedConfig().is(HttpConnectionManager.class)) {
          continue;
        }
        var manager = unpack(filter.getTypedConfig(), HttpConnectionManager.class).toBuilder();
        for (HttpFilter.Builder each : manager.getHttpFiltersBuilderList()) {
          if (each.hasConfigDiscovery()) {
            each.setTypedConfig(content(each.getName(), each.getConfigDiscovery()));
          }
          slots(each);
        }
        if (manager.hasRds()) {
          var name = manager.getRds().getRouteConfigName();
          manager.setRouteConfig(
              routes.getOrDefault(name, RouteConfiguration.newBuilder().setName(name).build()));
        }
        filter.setTypedConfig(Any.pack(manager.build()));
      }
    }
    return result.build();
  }

  private Any content(String name, ExtensionConfigSource discovery) {
    TypedExtensionConfig found = extensions.get(name);
    return found == null ? discovery.getDefaultConfig() : found.getTypedConfig();
  }

  /** Puts the content of slots in its place; where there is none, what Envoy takes meanwhile. */
  private void slots(HttpFilter.Builder filter) {
    if (!filter.getTypedConfig().is(ExtensionWithMatcher.class)) {
      return;
    }
    var config = unpack(filter.getTypedConfig(), ExtensionWithMatcher.class).toBuilder();
    var slots = config.getXdsMatcherBuilder().getMatcherTreeBuilder().getExactMatchMapBuilder();
    slots.getMapMap().forEach((slot, match) -> slots.putMap(slot, inlined(match)));
    if (slots.getMapCount() > 0) {
      filter.setTypedConfig(Any.pack(config.build()));
    }
  }

  private Matcher.OnMatch inlined(Matcher.OnMatch match) {
    var action = unpack(match.getAction().getTypedConfig(), ExecuteFilterAction.class);
    String name = action.getDynamicConfig().getName();
    var empty =
        TypedExtensionConfig.newBuilder()
            .setName(name)
            .setTypedConfig(action.getDynamicConfig().getConfigDiscovery().getDefaultConfig())
            .build();
    var inlined =
        ExecuteFilterAction.newBuilder().setTypedConfig(extensions.getOrDefault(name, empty));
    var result = match.toBuilder();
    result.getActionBuilder().setTypedConfig(Any.pack(inlined.build()));
    return result.build();
  }

  private static <M extends Message> M unpack(Any any, Class<M> type) {
    try {
      return any.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
