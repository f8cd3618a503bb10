package io.convoy.translation;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ExtensionFilter;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;

/**
 * One line of JSON on standard output for each request, and for each connection that never had one
 * because its handshake failed. A field that has no value is {@code null}.
 */
final class AccessLogs {
  /**
   * Under this key of {@code envoy.filters.http.jwt_authn}'s metadata stands the payload of a token
   * that was verified ({@code payload_in_metadata}): unlike a header, no client can write there.
   */
  static final String JWT_PAYLOAD = "jwt";

  static final AccessLog STDOUT = stdout(ofRequest()).build();

  /** Of listeners: connections whose handshake failed, which no other log sees. */
  static final AccessLog FAILED_HANDSHAKES =
      stdout(ofHandshake()).setFilter(where("connection.transport_failure_reason != \"\"")).build();

  private AccessLogs() {}

  private static AccessLog.Builder stdout(Struct fields) {
    return AccessLog.newBuilder()
        .setName("envoy.access_loggers.stdout")
        .setTypedConfig(
            Any.pack(
                StdoutAccessLog.newBuilder()
                    .setLogFormat(SubstitutionFormatString.newBuilder().setJsonFormat(fields))
                    .build()));
  }

  private static AccessLogFilter where(String condition) {
    return AccessLogFilter.newBuilder()
        .setExtensionFilter(
            ExtensionFilter.newBuilder()
                .setName("envoy.access_loggers.extension_filters.cel")
                .setTypedConfig(
                    Any.pack(ExpressionFilter.newBuilder().setExpression(condition).build())))
        .build();
  }

  private static Struct ofHandshake() {
    var fields = Struct.newBuilder();
    time(fields);
    field(fields, "duration_ms", "%DURATION%");
    field(fields, "client_ip", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%");
    field(fields, "local_port", "%DOWNSTREAM_LOCAL_PORT%");
    // The name that was shown, whoever vouches for it.
    field(fields, "peer", "%DOWNSTREAM_PEER_URI_SAN%");
    field(fields, "tls_failure", "%DOWNSTREAM_TRANSPORT_FAILURE_REASON%");
    return fields.build();
  }

  private static void time(Struct.Builder fields) {
    field(fields, "time", "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%");
  }

  private static Struct ofRequest() {
    var fields = Struct.newBuilder();
    time(fields);
    field(fields, "method", "%REQUEST_HEADER(:METHOD)%");
    // As the client sent it, but without the query, in which tokens are passed at times.
    field(fields, "path", "%PATH(NQ:ORIG_OR_PATH)%");
    field(fields, "protocol", "%PROTOCOL%");
    field(fields, "status", "%RESPONSE_CODE%");
    field(fields, "flags", "%RESPONSE_FLAGS%");
    field(fields, "details", "%RESPONSE_CODE_DETAILS%");
    field(fields, "duration_ms", "%DURATION%");
    field(fields, "bytes", "%BYTES_SENT%");
    field(fields, "bytes_received", "%BYTES_RECEIVED%");
    field(fields, "host", "%REQUEST_HEADER(:AUTHORITY)%");
    field(fields, "client_ip", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%");
    field(fields, "x_forwarded_for", "%REQUEST_HEADER(X-FORWARDED-FOR)%");
    field(fields, "user_agent", "%REQUEST_HEADER(USER-AGENT)%");
    field(fields, "request_id", "%REQUEST_HEADER(X-REQUEST-ID)%");
    // The names in the certificates that the other sides have shown.
    field(fields, "peer", "%DOWNSTREAM_PEER_URI_SAN%");
    field(fields, "upstream_peer", "%UPSTREAM_PEER_URI_SAN%");
    field(fields, "upstream_tls_failure", "%UPSTREAM_TRANSPORT_FAILURE_REASON%");
    field(fields, "route", "%ROUTE_NAME%");
    field(fields, "upstream_service", "%UPSTREAM_CLUSTER%");
    field(fields, "upstream_host", "%UPSTREAM_HOST%");
    field(
        fields, "user", "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:" + JWT_PAYLOAD + ":sub)%");
    return fields.build();
  }

  private static void field(Struct.Builder fields, String name, String format) {
    fields.putFields(name, Value.newBuilder().setStringValue(format).build());
  }
}
