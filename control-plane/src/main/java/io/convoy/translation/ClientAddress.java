package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.ClientTrafficPolicy.ClientIpDetection;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.http.original_ip_detection.custom_header.v3.CustomHeaderConfig;
import io.envoyproxy.envoy.extensions.http.original_ip_detection.xff.v3.XffConfig;
import io.envoyproxy.envoy.extensions.http.original_ip_detection.xff.v3.XffTrustedCidrs;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import java.util.List;

/**
 * Who the client is, and what the headers that speak of it may say.
 *
 * <p>Where no proxy is trusted, the peer is the client, and {@code X-Forwarded-Proto}, {@code
 * -Host} and {@code -Port} are the gateway's own; {@code Forwarded} is taken off, for Envoy does
 * not write it. Where proxies are trusted, what they said stays.
 */
final class ClientAddress {
  private ClientAddress() {}

  static void apply(HttpConnectionManager.Builder manager, ClientIpDetection detection) {
    switch (detection) {
      case ClientIpDetection.Hops hops -> trustHops(manager, hops.trusted());
      case ClientIpDetection.Ranges ranges -> trustRanges(manager, ranges.trusted());
      case ClientIpDetection.Header header -> trustHeader(manager, header);
    }
  }

  private static void trustHops(HttpConnectionManager.Builder manager, int hops) {
    manager
        .setUseRemoteAddress(BoolValue.of(true))
        .setXffNumTrustedHops(hops)
        .setPreserveExternalRequestId(hops > 0);
    if (hops == 0) {
      manager.addEarlyHeaderMutationExtensions(ownHeaders());
    }
  }

  /**
   * By address range. Envoy has this as an extension that excludes {@code use_remote_address}, so
   * what the latter would do besides is said here: the peer is appended to {@code X-Forwarded-For}.
   * A request id that is there is kept, whoever it is from.
   */
  private static void trustRanges(
      HttpConnectionManager.Builder manager, ImmutableList<String> cidrs) {
    var trusted = XffTrustedCidrs.newBuilder();
    cidrs.forEach(cidr -> trusted.addCidrs(range(cidr)));
    manager
        .setUseRemoteAddress(BoolValue.of(false))
        .addOriginalIpDetectionExtensions(
            TypedExtensionConfig.newBuilder()
                .setName("envoy.http.original_ip_detection.xff")
                .setTypedConfig(
                    Any.pack(
                        XffConfig.newBuilder()
                            .setXffTrustedCidrs(trusted)
                            .setSkipXffAppend(BoolValue.of(false))
                            .build())));
  }

  /**
   * By a header. This extension excludes {@code use_remote_address}, too; here the peer is appended
   * to {@code X-Forwarded-For} before anything else looks at the request. A request id that is
   * there is kept.
   */
  private static void trustHeader(
      HttpConnectionManager.Builder manager, ClientIpDetection.Header header) {
    var config =
        CustomHeaderConfig.newBuilder()
            .setHeaderName(header.name())
            .setAllowExtensionToSetAddressAsTrusted(false);
    if (header.failClosed()) {
      config.setRejectWithStatus(HttpStatus.newBuilder().setCode(StatusCode.Forbidden));
    }
    manager
        .setUseRemoteAddress(BoolValue.of(false))
        .addEarlyHeaderMutationExtensions(
            earlyMutation(
                append(
                    "x-forwarded-for",
                    "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
                    HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)))
        .addOriginalIpDetectionExtensions(
            TypedExtensionConfig.newBuilder()
                .setName("envoy.http.original_ip_detection.custom_header")
                .setTypedConfig(Any.pack(config.build())));
  }

  /** {@code cidr} is valid: an address, a slash, a length. */
  private static CidrRange range(String cidr) {
    int slash = cidr.indexOf('/');
    return CidrRange.newBuilder()
        .setAddressPrefix(cidr.substring(0, slash))
        .setPrefixLen(UInt32Value.of(Integer.parseInt(cidr.substring(slash + 1))))
        .build();
  }

  private static TypedExtensionConfig ownHeaders() {
    return earlyMutation(
        HeaderMutation.newBuilder().setRemove("forwarded").build(),
        HeaderMutation.newBuilder().setRemove("x-forwarded-port").build(),
        append(
            "x-forwarded-host",
            "%REQUEST_HEADER(:AUTHORITY)%",
            HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD));
  }

  private static HeaderMutation append(String name, String value, HeaderAppendAction action) {
    return HeaderMutation.newBuilder()
        .setAppend(
            HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                .setAppendAction(action))
        .build();
  }

  private static TypedExtensionConfig earlyMutation(HeaderMutation... mutations) {
    return TypedExtensionConfig.newBuilder()
        .setName("envoy.http.early_header_mutation.header_mutation")
        .setTypedConfig(
            Any.pack(
                io.envoyproxy.envoy.extensions.http.early_header_mutation.header_mutation.v3
                    .HeaderMutation.newBuilder()
                    .addAllMutations(List.of(mutations))
                    .build()))
        .build();
  }
}
