package io.convoy.translation;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions.HeaderKeyFormat;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;

/** How HTTP/1 writes the names of headers where Envoy's lower case is not wanted. */
final class HeaderCase {
  /** As the side that sent them did. */
  static final HeaderKeyFormat PRESERVED =
      HeaderKeyFormat.newBuilder()
          .setStatefulFormatter(
              TypedExtensionConfig.newBuilder()
                  .setName("envoy.http.stateful_header_formatters.preserve_case")
                  .setTypedConfig(Any.pack(PreserveCaseFormatterConfig.getDefaultInstance())))
          .build();

  private HeaderCase() {}
}
