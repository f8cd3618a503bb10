package io.convoy.translation;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.convoy.translation.http.NewerFields;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.rbac.v3.Action;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.clusters.dns.v3.DnsCluster;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcherPerRoute;
import io.envoyproxy.envoy.extensions.compression.brotli.compressor.v3.Brotli;
import io.envoyproxy.envoy.extensions.compression.gzip.compressor.v3.Gzip;
import io.envoyproxy.envoy.extensions.compression.zstd.compressor.v3.Zstd;
import io.envoyproxy.envoy.extensions.filters.http.basic_auth.v3.BasicAuth;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.Composite;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.ExecuteFilterAction;
import io.envoyproxy.envoy.extensions.filters.http.compressor.v3.Compressor;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;
import io.envoyproxy.envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig;
import io.envoyproxy.envoy.extensions.http.original_ip_detection.xff.v3.XffConfig;
import io.envoyproxy.envoy.extensions.matching.common_inputs.network.v3.DynamicMetadataInput;
import io.envoyproxy.envoy.extensions.matching.input_matchers.metadata.v3.Metadata;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;

/** Resources in protobuf's JSON, for people and tools. Thread-safe. */
public final class ResourceJson {
  /** Every message that a resource of ours can hold packed: JSON needs its shape to print it. */
  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          // Before those that import the same files.
          .add(NewerFields.types())
          .add(Descriptor.getDescriptor())
          .add(Action.getDescriptor())
          .add(DynamicMetadataInput.getDescriptor())
          .add(Metadata.getDescriptor())
          .add(UpstreamTlsContext.getDescriptor())
          .add(Cluster.getDescriptor())
          .add(ClusterLoadAssignment.getDescriptor())
          .add(BasicAuth.getDescriptor())
          .add(Brotli.getDescriptor())
          .add(Composite.getDescriptor())
          .add(Compressor.getDescriptor())
          .add(ExecuteFilterAction.getDescriptor())
          .add(ExtensionWithMatcher.getDescriptor())
          .add(ExtensionWithMatcherPerRoute.getDescriptor())
          .add(FilterConfig.getDescriptor())
          .add(Gzip.getDescriptor())
          .add(HTTPFault.getDescriptor())
          .add(HeaderMutationPerRoute.getDescriptor())
          .add(HttpRequestHeaderMatchInput.getDescriptor())
          .add(JwtAuthentication.getDescriptor())
          .add(LocalRateLimit.getDescriptor())
          .add(RBAC.getDescriptor())
          .add(
              io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                  .getDescriptor())
          .add(ConnectionLimit.getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor())
          .add(CustomHeaderConfig.getDescriptor())
          .add(Cors.getDescriptor())
          .add(DnsCluster.getDescriptor())
          .add(ExpressionFilter.getDescriptor())
          .add(HeaderMutation.getDescriptor())
          .add(HttpConnectionManager.getDescriptor())
          .add(TcpProxy.getDescriptor())
          .add(HttpProtocolOptions.getDescriptor())
          .add(Listener.getDescriptor())
          .add(PreserveCaseFormatterConfig.getDescriptor())
          .add(PreviousHostsPredicate.getDescriptor())
          .add(RouteConfiguration.getDescriptor())
          .add(Router.getDescriptor())
          .add(Secret.getDescriptor())
          .add(DownstreamTlsContext.getDescriptor())
          .add(TlsInspector.getDescriptor())
          .add(StdoutAccessLog.getDescriptor())
          .add(TypedExtensionConfig.getDescriptor())
          .add(XffConfig.getDescriptor())
          .add(Zstd.getDescriptor())
          .build();

  private static final JsonFormat.Printer CANONICAL = JsonFormat.printer().usingTypeRegistry(TYPES);

  private static final JsonFormat.Printer PRINTER = CANONICAL.preservingProtoFieldNames();

  private ResourceJson() {}

  /**
   * The resource's body in protobuf's canonical JSON: the names of fields are lowerCamelCase. A
   * fingerprint stands in the place of a secret.
   */
  public static String canonical(Resource resource) {
    return shown(resource, CANONICAL);
  }

  /**
   * The resource's body, with Envoy's own names of fields, over several lines. A fingerprint stands
   * in the place of a secret.
   */
  public static String print(Resource resource) {
    return shown(resource, PRINTER);
  }

  private static String shown(Resource resource, JsonFormat.Printer printer) {
    return resource.key().type() == ResourceType.SECRETS
        ? "{\"name\": \"%s\", \"fingerprint\": \"%s\"}"
            .formatted(resource.key().name(), resource.version())
        : ResourceSecrets.hide(print(printer, message(resource)));
  }

  /** A message of Envoy's API that holds packed what resources do, secrets included. */
  public static String print(MessageOrBuilder message) {
    return print(PRINTER, message);
  }

  private static String print(JsonFormat.Printer printer, MessageOrBuilder message) {
    try {
      return printer.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "no JSON of " + message.getDescriptorForType().getFullName() + ": " + e.getMessage(), e);
    }
  }

  /** The resource's body as the message that it is. */
  public static Message message(Resource resource) {
    return switch (resource.key().type()) {
      case CLUSTERS -> unpack(resource.body(), Cluster.class);
      case SECRETS -> unpack(resource.body(), Secret.class);
      case ENDPOINTS -> unpack(resource.body(), ClusterLoadAssignment.class);
      case EXTENSIONS -> unpack(resource.body(), TypedExtensionConfig.class);
      case LISTENERS -> unpack(resource.body(), Listener.class);
      case ROUTES -> unpack(resource.body(), RouteConfiguration.class);
    };
  }

  private static <T extends Message> T unpack(Any body, Class<T> type) {
    try {
      return body.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not a " + type.getSimpleName(), e);
    }
  }
}
