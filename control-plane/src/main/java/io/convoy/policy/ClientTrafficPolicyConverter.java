package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import io.convoy.config.v1.ClientTrafficPolicyProto;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.TargetRef;
import io.convoy.config.v1.ClientTrafficPolicyProto.ClientTrafficPolicy.XForwardedFor;
import io.convoy.policy.ClientTrafficPolicy.ClientIpDetection;
import java.util.LinkedHashSet;
import java.util.Set;

/** {@code client-traffic-policy}. */
final class ClientTrafficPolicyConverter {
  private static final int MAX_HOPS = 100;

  private ClientTrafficPolicyConverter() {}

  static Document convert(
      DocumentId id, ClientTrafficPolicyProto.ClientTrafficPolicy message, At at) {
    At targetsAt = at.field("TargetRefs");
    targetsAt.require(
        message.getTargetRefsCount() > 0, "nothing", "expected at least one api-gateway");
    Set<String> gateways = new LinkedHashSet<>();
    for (int i = 0; i < message.getTargetRefsCount(); i++) {
      TargetRef target = message.getTargetRefs(i);
      At here = targetsAt.index(i);
      here.field("Kind")
          .require(
              target.getKind().equals("api-gateway"),
              Value.quoted(target.getKind()),
              "expected \"api-gateway\"");
      String gateway = here.field("Name").name(target.getName());
      here.require(gateways.add(gateway), Value.quoted(gateway), "expected every gateway once");
    }
    return new ClientTrafficPolicy(
        id,
        ImmutableList.copyOf(gateways),
        detection(
            message.getClientIpDetection().getXForwardedFor(),
            at.field("ClientIPDetection").field("XForwardedFor")));
  }

  private static ClientIpDetection detection(XForwardedFor header, At at) {
    at.require(
        header.getNumTrustedHops() == 0 || header.getTrustedCidrsCount() == 0,
        "both NumTrustedHops and TrustedCIDRs",
        "expected one of them");
    at.field("NumTrustedHops").range(header.getNumTrustedHops(), 0, MAX_HOPS);
    var ranges = ImmutableList.<String>builder();
    for (int i = 0; i < header.getTrustedCidrsCount(); i++) {
      ranges.add(range(at.field("TrustedCIDRs").index(i), header.getTrustedCidrs(i)));
    }
    return new ClientIpDetection(header.getNumTrustedHops(), ranges.build());
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
