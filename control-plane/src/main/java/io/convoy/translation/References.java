package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.convoy.policy.DocumentId;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.ExecuteFilterAction;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;

/**
 * Reads from a resource which other resources it names, so that no translator can forget one: the
 * engine sends what is named before what names it, and removes it after.
 */
final class References {
  private final ImmutableSet.Builder<ResourceKey> keys = ImmutableSet.builder();

  private References() {}

  /** The resource with its references. */
  static Resource resource(
      ResourceType type, String name, Message message, ImmutableSet<DocumentId> documents) {
    return Resource.of(new ResourceKey(type, name), message, documents, of(message));
  }

  /** {@code message} is a resource of one of the types in {@link ResourceType}. */
  static ImmutableSet<ResourceKey> of(Message message) {
    var references = new References();
    switch (message) {
      case Cluster cluster -> references.cluster(cluster);
      case ClusterLoadAssignment assignment -> {}
      case RouteConfiguration routes -> references.routes(routes);
      case Listener listener -> references.listener(listener);
      case TypedExtensionConfig extension -> references.extension(extension.getTypedConfig());
      default ->
          throw new IllegalArgumentException(
              "no resource: " + message.getDescriptorForType().getFullName());
    }
    return references.keys.build();
  }

  private void add(ResourceType type, String name) {
    if (!name.isEmpty()) {
      keys.add(new ResourceKey(type, name));
    }
  }

  private void cluster(Cluster cluster) {
    if (cluster.getType() == Cluster.DiscoveryType.EDS && cluster.hasEdsClusterConfig()) {
      String name = cluster.getEdsClusterConfig().getServiceName();
      add(ResourceType.ENDPOINTS, name.isEmpty() ? cluster.getName() : name);
    }
    if (cluster.hasTransportSocket()) {
      transportSocket(cluster.getTransportSocket());
    }
    cluster
        .getTransportSocketMatchesList()
        .forEach(match -> transportSocket(match.getTransportSocket()));
  }

  private void routes(RouteConfiguration routes) {
    for (var host : routes.getVirtualHostsList()) {
      host.getRequestMirrorPoliciesList()
          .forEach(mirror -> add(ResourceType.CLUSTERS, mirror.getCluster()));
      for (Route route : host.getRoutesList()) {
        if (route.hasRoute()) {
          action(route.getRoute());
        }
      }
    }
    routes
        .getRequestMirrorPoliciesList()
        .forEach(mirror -> add(ResourceType.CLUSTERS, mirror.getCluster()));
  }

  private void action(RouteAction action) {
    add(ResourceType.CLUSTERS, action.getCluster());
    action
        .getWeightedClusters()
        .getClustersList()
        .forEach(cluster -> add(ResourceType.CLUSTERS, cluster.getName()));
    action
        .getRequestMirrorPoliciesList()
        .forEach(mirror -> add(ResourceType.CLUSTERS, mirror.getCluster()));
  }

  private void listener(Listener listener) {
    if (listener.hasApiListener()) {
      connectionManager(listener.getApiListener().getApiListener());
    }
    listener.getFilterChainsList().forEach(this::filterChain);
    if (listener.hasDefaultFilterChain()) {
      filterChain(listener.getDefaultFilterChain());
    }
  }

  private void filterChain(FilterChain chain) {
    if (chain.hasTransportSocket()) {
      transportSocket(chain.getTransportSocket());
    }
    for (Filter filter : chain.getFiltersList()) {
      if (filter.hasConfigDiscovery()) {
        add(ResourceType.EXTENSIONS, filter.getName());
      } else if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
        connectionManager(filter.getTypedConfig());
      } else if (filter.getTypedConfig().is(TcpProxy.class)) {
        add(ResourceType.CLUSTERS, unpack(filter.getTypedConfig(), TcpProxy.class).getCluster());
      }
    }
  }

  private void connectionManager(Any packed) {
    HttpConnectionManager manager = unpack(packed, HttpConnectionManager.class);
    add(ResourceType.ROUTES, manager.getRds().getRouteConfigName());
    if (manager.hasRouteConfig()) {
      routes(manager.getRouteConfig());
    }
    for (HttpFilter filter : manager.getHttpFiltersList()) {
      if (filter.hasConfigDiscovery()) {
        add(ResourceType.EXTENSIONS, filter.getName());
      } else if (filter.getTypedConfig().is(ExtensionWithMatcher.class)) {
        slots(unpack(filter.getTypedConfig(), ExtensionWithMatcher.class));
      }
    }
  }

  private void slots(ExtensionWithMatcher lane) {
    lane.getXdsMatcher()
        .getMatcherTree()
        .getExactMatchMap()
        .getMapMap()
        .values()
        .forEach(onMatch -> {
          Any action = onMatch.getAction().getTypedConfig();
          if (action.is(ExecuteFilterAction.class)) {
            add(
                ResourceType.EXTENSIONS,
                unpack(action, ExecuteFilterAction.class).getDynamicConfig().getName());
          }
        });
  }

  private void extension(Any config) {
    if (config.is(JwtAuthentication.class)) {
      unpack(config, JwtAuthentication.class)
          .getProvidersMap()
          .values()
          .forEach(provider ->
              add(ResourceType.CLUSTERS, provider.getRemoteJwks().getHttpUri().getCluster()));
    }
  }

  private void transportSocket(TransportSocket socket) {
    Any config = socket.getTypedConfig();
    if (config.is(UpstreamTlsContext.class)) {
      tls(unpack(config, UpstreamTlsContext.class).getCommonTlsContext());
    } else if (config.is(DownstreamTlsContext.class)) {
      tls(unpack(config, DownstreamTlsContext.class).getCommonTlsContext());
    }
  }

  private void tls(CommonTlsContext context) {
    context
        .getTlsCertificateSdsSecretConfigsList()
        .forEach(secret -> add(ResourceType.SECRETS, secret.getName()));
    add(ResourceType.SECRETS, context.getValidationContextSdsSecretConfig().getName());
    add(
        ResourceType.SECRETS,
        context.getCombinedValidationContext().getValidationContextSdsSecretConfig().getName());
  }

  private static <T extends Message> T unpack(Any packed, Class<T> type) {
    try {
      return packed.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not a " + type.getSimpleName(), e);
    }
  }
}
