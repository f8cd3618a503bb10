package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ExtensionFilter;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;

/**
 * What Envoy answers on its own. A filter such as {@code local_ratelimit} has a text of its own
 * that no configuration changes, but it can add headers: the text that a policy asks for comes in
 * one, so that a policy with another text changes no listener.
 */
public final class LocalReplies {
  /** The media types that a text can have. Others would need a listener that knows them. */
  private static final ImmutableList<String> TYPES =
      ImmutableList.of("application/json", "application/problem+json", "text/html");

  /** For every listener: puts the text in its place. */
  public static final LocalReplyConfig CONFIG = config();

  private LocalReplies() {}

  /** For the responses of every route with a limit: the text's headers do not leave Envoy. */
  static ImmutableList<HeaderMutation> responseMutations() {
    return ImmutableList.of(
        HeaderMutation.newBuilder().setRemove(LocalRateLimits.BODY).build(),
        HeaderMutation.newBuilder().setRemove(LocalRateLimits.BODY_TYPE).build());
  }

  private static LocalReplyConfig config() {
    var config = LocalReplyConfig.newBuilder();
    for (String type : TYPES) {
      config.addMappers(
          mapper(
              "response.headers[\"" + LocalRateLimits.BODY_TYPE + "\"] == \"" + type + "\"", type));
    }
    return config
        .addMappers(mapper("\"" + LocalRateLimits.BODY + "\" in response.headers", "text/plain"))
        .build();
  }

  private static ResponseMapper.Builder mapper(String condition, String type) {
    return ResponseMapper.newBuilder()
        .setFilter(
            AccessLogFilter.newBuilder()
                .setExtensionFilter(
                    ExtensionFilter.newBuilder()
                        .setName("envoy.access_loggers.extension_filters.cel")
                        .setTypedConfig(
                            Any.pack(
                                ExpressionFilter.newBuilder().setExpression(condition).build()))))
        .setBodyFormatOverride(
            SubstitutionFormatString.newBuilder()
                .setTextFormatSource(
                    DataSource.newBuilder().setInlineString("%RESP(" + LocalRateLimits.BODY + ")%"))
                .setContentType(type));
  }
}
