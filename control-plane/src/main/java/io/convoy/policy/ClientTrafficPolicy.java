package io.convoy.policy;

import com.google.common.collect.ImmutableList;

/**
 * How a gateway treats its clients.
 *
 * @param gateways names of the gateways it is attached to; never empty
 */
public record ClientTrafficPolicy(
    DocumentId id, ImmutableList<String> gateways, ClientIpDetection clientIpDetection)
    implements Document {

  /**
   * Which entry of {@code X-Forwarded-For} is the client. At most one of the two is given.
   *
   * @param trustedHops how many proxies in front of the gateway are trusted; 0 trusts none: the
   *     peer's address is the client's
   * @param trustedCidrs address ranges of trusted proxies, such as {@code 10.0.0.0/8}
   */
  public record ClientIpDetection(int trustedHops, ImmutableList<String> trustedCidrs) {
    public static final ClientIpDetection PEER = new ClientIpDetection(0, ImmutableList.of());
  }
}
