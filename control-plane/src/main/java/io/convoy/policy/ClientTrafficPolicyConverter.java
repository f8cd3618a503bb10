package io.convoy.policy;

import com.google.common.collect.ImmutableMap;
import io.convoy.config.v1.ClientTrafficPolicyProto;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.Connections;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.Drain;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.Headers;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.Http1;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.Http2;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.Path;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.Timeouts;
import io.convoy.policy.ClientTrafficPolicy.EscapedSlashes;
import io.convoy.policy.ClientTrafficPolicy.Underscores;
import java.util.Optional;

/** {@code client-traffic-policy}. */
final class ClientTrafficPolicyConverter {

  // Bounds of Envoy's API, where it has any; HttpConnectionManager, Http2ProtocolOptions.
  private static final int MAX_HEADERS_KIB = 8192;
  private static final int MAX_HEADERS = 10_000;
  private static final int MAX_BUFFER_KIB = 1 << 20;
  private static final int MIN_WINDOW = 65_535;

  private static final ImmutableMap<String, EscapedSlashes> ESCAPED_SLASHES =
      ImmutableMap.of(
          "KeepUnchanged", EscapedSlashes.KEEP_UNCHANGED,
          "RejectRequest", EscapedSlashes.REJECT_REQUEST,
          "UnescapeAndRedirect", EscapedSlashes.UNESCAPE_AND_REDIRECT,
          "UnescapeAndForward", EscapedSlashes.UNESCAPE_AND_FORWARD);

  private static final ImmutableMap<String, Underscores> UNDERSCORES =
      ImmutableMap.of(
          "Allow", Underscores.ALLOW,
          "DropHeader", Underscores.DROP_HEADER,
          "RejectRequest", Underscores.REJECT_REQUEST);

  private ClientTrafficPolicyConverter() {}

  static Document convert(
      DocumentId id, ClientTrafficPolicyProto.ClientTrafficPolicy message, At at) {
    return new ClientTrafficPolicy(
        id,
        TargetRefs.gateways(message.getTargetRefsList(), at.field("TargetRefs")),
        new ClientTrafficPolicy.Settings(
            ClientIpDetections.of(message.getClientIpDetection(), at.field("ClientIPDetection")),
            path(message.getPath(), at.field("Path")),
            headers(message.getHeaders(), at.field("Headers")),
            timeouts(message.getTimeouts(), at.field("Timeouts")),
            connections(message.getConnections(), at.field("Connections")),
            http1(message.getHttp1(), at.field("HTTP1")),
            http2(message.getHttp2(), at.field("HTTP2")),
            drain(message.getDrain(), at.field("Drain"))));
  }

  private static ClientTrafficPolicy.Path path(Path path, At at) {
    return new ClientTrafficPolicy.Path(
        path.hasNormalize() ? Optional.of(path.getNormalize()) : Optional.empty(),
        path.hasMergeSlashes() ? Optional.of(path.getMergeSlashes()) : Optional.empty(),
        Optionals.given(path.getEscapedSlashesAction())
            .map(word -> at.field("EscapedSlashesAction").oneOf(ESCAPED_SLASHES, word)));
  }

  private static ClientTrafficPolicy.Headers headers(Headers headers, At at) {
    return new ClientTrafficPolicy.Headers(
        within(
            headers.hasMaxSizeKib(), headers.getMaxSizeKib(), 1, MAX_HEADERS_KIB, at, "MaxSizeKiB"),
        within(headers.hasMaxCount(), headers.getMaxCount(), 1, MAX_HEADERS, at, "MaxCount"),
        Optionals.given(headers.getUnderscoresAction())
            .map(word -> at.field("UnderscoresAction").oneOf(UNDERSCORES, word)));
  }

  private static ClientTrafficPolicy.Timeouts timeouts(Timeouts timeouts, At at) {
    return new ClientTrafficPolicy.Timeouts(
        at.field("RequestHeaders")
            .timeout(timeouts.hasRequestHeaders(), timeouts.getRequestHeaders()),
        at.field("Request").timeout(timeouts.hasRequest(), timeouts.getRequest()),
        at.field("StreamIdle").timeout(timeouts.hasStreamIdle(), timeouts.getStreamIdle()),
        at.field("ConnectionIdle")
            .timeout(timeouts.hasConnectionIdle(), timeouts.getConnectionIdle()),
        at.field("MaxConnectionDuration")
            .timeout(timeouts.hasMaxConnectionDuration(), timeouts.getMaxConnectionDuration()));
  }

  private static ClientTrafficPolicy.Connections connections(Connections connections, At at) {
    at.field("Max")
        .require(!connections.hasMax() || connections.getMax() > 0, "0", "expected 1 or more");
    at.field("CloseDelay")
        .require(
            connections.hasMax() || !connections.hasCloseDelay(),
            "a duration without Max",
            "expected it with Max only");
    return new ClientTrafficPolicy.Connections(
        connections.hasMax() ? Optional.of(connections.getMax()) : Optional.empty(),
        at.field("CloseDelay").timeout(connections.hasCloseDelay(), connections.getCloseDelay()),
        within(
            connections.hasMaxRequests(),
            connections.getMaxRequests(),
            1,
            Integer.MAX_VALUE,
            at,
            "MaxRequests"),
        within(
            connections.hasBufferLimitKib(),
            connections.getBufferLimitKib(),
            1,
            MAX_BUFFER_KIB,
            at,
            "BufferLimitKiB"));
  }

  private static ClientTrafficPolicy.Http1 http1(Http1 http1, At at) {
    return new ClientTrafficPolicy.Http1(
        http1.hasPreserveHeaderCase()
            ? Optional.of(http1.getPreserveHeaderCase())
            : Optional.empty(),
        http1.hasTrailers() ? Optional.of(http1.getTrailers()) : Optional.empty(),
        http1.hasHttp10()
            ? Optional.of(
                new ClientTrafficPolicy.Http10(
                    host(
                        at.field("HTTP10").field("DefaultHost"),
                        http1.getHttp10().getDefaultHost())))
            : Optional.empty());
  }

  private static String host(At at, String host) {
    at.require(
        host.matches("[A-Za-z0-9.:_\\[\\]-]{0,253}"),
        Value.quoted(host),
        "expected a host such as shop.test");
    return host;
  }

  private static ClientTrafficPolicy.Http2 http2(Http2 http2, At at) {
    return new ClientTrafficPolicy.Http2(
        within(
            http2.hasMaxConcurrentStreams(),
            http2.getMaxConcurrentStreams(),
            1,
            Integer.MAX_VALUE,
            at,
            "MaxConcurrentStreams"),
        within(
            http2.hasInitialStreamWindowSize(),
            http2.getInitialStreamWindowSize(),
            MIN_WINDOW,
            Integer.MAX_VALUE,
            at,
            "InitialStreamWindowSize"),
        within(
            http2.hasInitialConnectionWindowSize(),
            http2.getInitialConnectionWindowSize(),
            MIN_WINDOW,
            Integer.MAX_VALUE,
            at,
            "InitialConnectionWindowSize"));
  }

  private static ClientTrafficPolicy.Drain drain(Drain drain, At at) {
    return new ClientTrafficPolicy.Drain(
        at.field("Timeout").timeout(drain.hasTimeout(), drain.getTimeout()),
        at.field("DelayedClose").timeout(drain.hasDelayedClose(), drain.getDelayedClose()));
  }

  private static Optional<Integer> within(
      boolean given, int number, int least, int most, At at, String field) {
    return given ? Optional.of(at.field(field).range(number, least, most)) : Optional.empty();
  }
}
