package io.convoy.policy;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A range of IP addresses.
 *
 * @param address the first of them: what {@code bits} does not cover is zero
 * @param bits how many leading bits the addresses of the range have in common
 */
public record AddressRange(InetAddress address, int bits) {

  /** Such as {@code 10.0.0.0/8}; a single address is a range of one. Empty for anything else. */
  static Optional<AddressRange> parse(String range) {
    int slash = range.indexOf('/');
    String address = slash < 0 ? range : range.substring(0, slash);
    // A scope such as %eth0 means nothing to another machine.
    if (!InetAddresses.isInetAddress(address) || address.indexOf('%') >= 0) {
      return Optional.empty();
    }
    InetAddress parsed = InetAddresses.forString(address);
    int most = parsed.getAddress().length * 8;
    String length = slash < 0 ? Integer.toString(most) : range.substring(slash + 1);
    if (!length.matches("[0-9]{1,3}") || Integer.parseInt(length) > most) {
      return Optional.empty();
    }
    return Optional.of(masked(parsed, Integer.parseInt(length)));
  }

  /** Whether the address, of the same family, is in the range. */
  public boolean contains(InetAddress other) {
    return other.getAddress().length == address.getAddress().length
        && masked(other, bits).equals(this);
  }

  private static AddressRange masked(InetAddress address, int bits) {
    byte[] bytes = address.getAddress();
    for (int i = 0; i < bytes.length; i++) {
      int kept = Math.clamp(bits - 8 * i, 0, 8);
      bytes[i] &= (byte) (0xFF << (8 - kept));
    }
    try {
      return new AddressRange(InetAddress.getByAddress(bytes), bits);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("an address keeps its length", e);
    }
  }

  /** In the canonical form (RFC 5952), such as {@code 10.0.0.0/8}. */
  @Override
  public String toString() {
    return InetAddresses.toAddrString(address) + "/" + bits;
  }
}
