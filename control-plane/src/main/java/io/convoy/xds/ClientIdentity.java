package io.convoy.xds;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.net.URI;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import org.jspecify.annotations.Nullable;

/**
 * The services that a certificate is of. Its first that it has of these counts, and no other:
 *
 * <ol>
 *   <li>the SPIFFE id, its only name of type URI, with a path that ends in {@code /svc/NAME}, as
 *       Consul's authority writes it; a partition or namespace in it must be {@code default}
 *   <li>the DNS names: {@code NAME}, or {@code NAME.service.consul}
 *   <li>the subject's common name, where there is no name of another kind at all
 * </ol>
 *
 * @param shown the certificate's own words for it; never empty
 * @param services empty when it is of none
 */
record ClientIdentity(String shown, ImmutableSet<String> services) {
  private static final int DNS = 2;
  private static final int URI_NAME = 6;
  private static final String CONSUL = ".service.consul";
  private static final Splitter SEGMENTS = Splitter.on('/');

  static ClientIdentity of(X509Certificate certificate) {
    return of(
        names(certificate, URI_NAME),
        names(certificate, DNS),
        certificate.getSubjectX500Principal().getName());
  }

  /** {@code subject}: as RFC 2253 has it. */
  static ClientIdentity of(ImmutableList<String> uris, ImmutableList<String> dns, String subject) {
    String service = uris.size() == 1 ? service(uris.getFirst()) : null;
    if (service != null) {
      return new ClientIdentity(uris.getFirst(), ImmutableSet.of(service));
    }
    if (!dns.isEmpty()) {
      String shown = uris.isEmpty() ? String.join(",", dns) : String.join(",", uris);
      return new ClientIdentity(shown, services(dns));
    }
    if (!uris.isEmpty()) {
      return new ClientIdentity(String.join(",", uris), ImmutableSet.of());
    }
    return commonName(subject)
        .map(name -> new ClientIdentity(name, services(List.of(name))))
        .orElse(new ClientIdentity(subject.isEmpty() ? "nobody" : subject, ImmutableSet.of()));
  }

  /** What is no list of names that can be read is none at all. */
  private static ImmutableList<String> names(X509Certificate certificate, int type) {
    try {
      var all = certificate.getSubjectAlternativeNames();
      return all == null
          ? ImmutableList.of()
          : all.stream()
              .filter(name -> name.getFirst().equals(type))
              .map(name -> String.valueOf(name.get(1)))
              .collect(ImmutableList.toImmutableList());
    } catch (CertificateParsingException e) {
      return ImmutableList.of();
    }
  }

  private static @Nullable String service(String spiffeId) {
    URI uri;
    try {
      uri = URI.create(spiffeId);
    } catch (IllegalArgumentException e) {
      return null;
    }
    if (!"spiffe".equalsIgnoreCase(uri.getScheme()) || uri.getPath() == null) {
      return null;
    }
    // The path as it is written: an encoded slash is part of a name.
    List<String> path = SEGMENTS.splitToList(uri.getRawPath());
    for (int i = 1; i + 1 < path.size(); i++) {
      boolean tenant = path.get(i).equals("ns") || path.get(i).equals("ap");
      if (tenant && !path.get(i + 1).equals("default")) {
        return null;
      }
    }
    int last = path.size() - 1;
    boolean named = last >= 2 && path.get(last - 1).equals("svc") && !path.get(last).isEmpty();
    return named ? URI.create("/" + path.get(last)).getPath().substring(1) : null;
  }

  private static ImmutableSet<String> services(List<String> names) {
    return names.stream()
        .map(name ->
            name.endsWith(CONSUL) ? name.substring(0, name.length() - CONSUL.length()) : name)
        .collect(ImmutableSet.toImmutableSet());
  }

  private static Optional<String> commonName(String subject) {
    try {
      return new LdapName(subject)
          .getRdns().reversed().stream()
              .filter(part -> part.getType().equalsIgnoreCase("CN"))
              .map(part -> String.valueOf(part.getValue()))
              .filter(name -> !name.isEmpty())
              .findFirst();
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }
}
