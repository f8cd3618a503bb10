package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * Which key servers a {@code jwt-provider} may send Envoys to: whoever writes documents could
 * otherwise have them ask what only they can reach.
 *
 * <p>A host's name says nothing of the addresses that it resolves to, which Envoys find out for
 * themselves: name hosts that you trust, or {@code *} where the network keeps Envoys from what they
 * must not reach.
 *
 * @param names in lower case, perhaps behind {@code *.}; {@code *} for every name
 * @param trustRoots the file, on every Envoy's disk, with the authorities that vouch for servers
 *     where a document names none
 */
public record KeyServerAccess(
    ImmutableSet<String> names, ImmutableList<AddressRange> ranges, String trustRoots) {
  private static final String EVERY_NAME = "*";

  /** Where Debian and what comes of it, such as Envoy's images, have the authorities. */
  public static final String TRUST_ROOTS = "/etc/ssl/certs/ca-certificates.crt";

  /** Every name but that of the machine itself, and every address of the public internet. */
  public static final KeyServerAccess PUBLIC =
      new KeyServerAccess(ImmutableSet.of(EVERY_NAME), ImmutableList.of(), TRUST_ROOTS);

  /** By IANA's registries of special-purpose addresses: what is not of the public internet. */
  private static final ImmutableList<AddressRange> SPECIAL =
      ImmutableList.of(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "224.0.0.0/3",
              "::/127",
              "64:ff9b::/96",
              "64:ff9b:1::/48",
              "2002::/16",
              "fc00::/7",
              "fe80::/9",
              "ff00::/8")
          .stream()
          .map(range -> AddressRange.parse(range).orElseThrow())
          .collect(ImmutableList.toImmutableList());

  /**
   * What only these hosts and addresses are allowed by.
   *
   * @param allowed names such as {@code idp.test} or {@code *.idp.test}, addresses, ranges, or
   *     {@code *} for all that {@link #PUBLIC} allows; empty: that, too
   * @throws IllegalArgumentException where one is none of these; its message says so
   */
  public static KeyServerAccess of(Collection<String> allowed, String trustRoots) {
    if (allowed.isEmpty()) {
      return new KeyServerAccess(PUBLIC.names, PUBLIC.ranges, trustRoots);
    }
    var names = ImmutableSet.<String>builder();
    var ranges = ImmutableList.<AddressRange>builder();
    for (String one : allowed) {
      Optional<AddressRange> range = AddressRange.parse(one);
      if (range.isPresent()) {
        ranges.add(range.get());
      } else if (one.equals(EVERY_NAME)
          || one.matches("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?")) {
        names.add(one.toLowerCase(Locale.ROOT));
      } else {
        throw new IllegalArgumentException(
            "had " + one + ", expected a host's name, an address, a range of addresses or *");
      }
    }
    return new KeyServerAccess(names.build(), ranges.build(), trustRoots);
  }

  /** Why the provider's key server may not be asked; empty where it may, or where there is none. */
  public Optional<String> refusal(JwtProvider provider) {
    return provider.keys() instanceof JwtProvider.Keys.Remote remote && !allows(remote.host())
        ? Optional.of(
            "its key server %s is not allowed: see the flag --jwks-allow".formatted(remote.host()))
        : Optional.empty();
  }

  private boolean allows(String host) {
    if (InetAddresses.isInetAddress(host)) {
      InetAddress address = InetAddresses.forString(host);
      boolean special = SPECIAL.stream().anyMatch(range -> range.contains(address));
      return ranges.stream().anyMatch(range -> range.contains(address))
          || (names.contains(EVERY_NAME) && !special);
    }
    boolean own = host.equals("localhost") || host.endsWith(".localhost");
    return names.contains(host)
        || names.stream().anyMatch(name -> name.startsWith("*.") && covers(name, host))
        || (names.contains(EVERY_NAME) && !own);
  }

  private static boolean covers(String name, String host) {
    return host.endsWith(name.substring(1)) && host.length() > name.length() - 1;
  }
}
