package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.convoy.policy.ServiceIntentions;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/**
 * The filters that enforce intentions where a service's sidecar takes its calls in, and their
 * content. That comes by ECDS, each under the name of its filter: a change of it touches no
 * listener, and where it is missing nobody is let in.
 */
public final class IntentionFilters {
  private static final RBAC NO_REQUESTS =
      RBAC.newBuilder()
          .setRules(io.envoyproxy.envoy.config.rbac.v3.RBAC.getDefaultInstance())
          .build();
  private static final JwtAuthentication NO_TOKENS = JwtAuthentication.getDefaultInstance();

  private IntentionFilters() {}

  /** The filter that decides about requests. */
  public static String requests(String service) {
    return ServiceIntentions.KIND + "/" + service;
  }

  /** The filter that verifies tokens, before the one that decides. */
  public static String tokens(String service) {
    return requests(service) + "/tokens";
  }

  /** The filter that decides about connections. */
  public static String connections(String service) {
    return requests(service) + "/connections";
  }

  /** Before all other filters: whoever may not call is told nothing else. */
  public static ImmutableList<HttpFilter> ofRequests(String service, ConfigSource source) {
    return ImmutableList.of(
        filter(tokens(service), NO_TOKENS, source), filter(requests(service), NO_REQUESTS, source));
  }

  private static HttpFilter filter(String name, Message without, ConfigSource source) {
    return HttpFilter.newBuilder()
        .setName(name)
        .setConfigDiscovery(discovery(without, source))
        .build();
  }

  /** Before all other filters. */
  public static Filter ofConnections(String service, ConfigSource source) {
    var nobody = connections(service, io.envoyproxy.envoy.config.rbac.v3.RBAC.getDefaultInstance());
    return Filter.newBuilder()
        .setName(connections(service))
        .setConfigDiscovery(discovery(nobody, source))
        .build();
  }

  /** A new listener waits for the content: it turns nobody away who may call. */
  private static ExtensionConfigSource discovery(Message without, ConfigSource source) {
    Any content = Any.pack(without);
    return ExtensionConfigSource.newBuilder()
        .setConfigSource(source)
        .setDefaultConfig(content)
        .addTypeUrls(content.getTypeUrl())
        .build();
  }

  /** What decides about requests. */
  public static RBAC requests(String service, io.envoyproxy.envoy.config.rbac.v3.RBAC rules) {
    return RBAC.newBuilder().setRules(rules).setRulesStatPrefix(requests(service)).build();
  }

  /** What decides about connections. */
  public static io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC connections(
      String service, io.envoyproxy.envoy.config.rbac.v3.RBAC rules) {
    return io.envoyproxy
        .envoy
        .extensions
        .filters
        .network
        .rbac
        .v3
        .RBAC
        .newBuilder()
        .setRules(rules)
        .setStatPrefix(requests(service))
        .build();
  }
}
