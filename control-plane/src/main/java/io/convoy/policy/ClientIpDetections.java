package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.ClientIpDetection;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.CustomHeader;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.XForwardedFor;
import java.util.Optional;

/** Reads {@code ClientIPDetection}. */
final class ClientIpDetections {
  private static final int MAX_HOPS = 100;

  private ClientIpDetections() {}

  static Optional<ClientTrafficPolicy.ClientIpDetection> of(ClientIpDetection message, At at) {
    at.require(
        !message.hasXForwardedFor() || !message.hasCustomHeader(),
        "both XForwardedFor and CustomHeader",
        "expected one of them");
    if (message.hasCustomHeader()) {
      return Optional.of(header(message.getCustomHeader(), at.field("CustomHeader")));
    }
    if (message.hasXForwardedFor()) {
      return Optional.of(forwarded(message.getXForwardedFor(), at.field("XForwardedFor")));
    }
    return Optional.empty();
  }

  private static ClientTrafficPolicy.ClientIpDetection header(CustomHeader header, At at) {
    At nameAt = at.field("Name");
    String name = HttpChecks.header(nameAt, header.getName());
    nameAt.require(
        !name.startsWith(":") && !name.equals("x-forwarded-for"),
        Value.quoted(header.getName()),
        "expected another header than X-Forwarded-For and the pseudo-headers");
    return new ClientTrafficPolicy.ClientIpDetection.Header(name, header.getFailClosed());
  }

  private static ClientTrafficPolicy.ClientIpDetection forwarded(XForwardedFor header, At at) {
    at.require(
        header.getNumTrustedHops() == 0 || header.getTrustedCidrsCount() == 0,
        "both NumTrustedHops and TrustedCIDRs",
        "expected one of them");
    at.field("NumTrustedHops").range(header.getNumTrustedHops(), 0, MAX_HOPS);
    var ranges = ImmutableList.<String>builder();
    for (int i = 0; i < header.getTrustedCidrsCount(); i++) {
      ranges.add(range(at.field("TrustedCIDRs").index(i), header.getTrustedCidrs(i)));
    }
    return header.getTrustedCidrsCount() > 0
        ? new ClientTrafficPolicy.ClientIpDetection.Ranges(ranges.build())
        : new ClientTrafficPolicy.ClientIpDetection.Hops(header.getNumTrustedHops());
  }

  private static String range(At at, String range) {
    int slash = range.indexOf('/');
    String address = slash < 0 ? range : range.substring(0, slash);
    String length = slash < 0 ? "" : range.substring(slash + 1);
    boolean valid = InetAddresses.isInetAddress(address) && address.indexOf('%') < 0;
    int bits = valid ? InetAddresses.forString(address).getAddress().length * 8 : 0;
    boolean fits = slash < 0 || (length.matches("[0-9]{1,3}") && Integer.parseInt(length) <= bits);
    at.require(valid && fits, Value.quoted(range), "expected an address range such as 10.0.0.0/8");
    return slash < 0 ? address + "/" + bits : range;
  }
}
