package io.convoy.registry.consul;

import com.fasterxml.jackson.core.JsonParser;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The roots of Consul's certificate authority.
 *
 * @param active which of them signs now
 * @param signingKey the identifier of the key that signs now, in hexadecimal; empty where Consul
 *     does not say
 * @param certificates PEM, the active one first
 */
record Roots(
    String trustDomain, String active, String signingKey, ImmutableList<String> certificates) {

  private record Root(String id, String certificate, String signingKey, boolean active) {}

  static Roots read(InputStream body) throws IOException {
    String trustDomain = "";
    String active = "";
    List<Root> roots = new ArrayList<>();
    try (JsonParser json = ConsulJson.parser(body)) {
      json.nextToken();
      for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
        switch (field) {
          case "TrustDomain" -> trustDomain = ConsulJson.text(json);
          case "ActiveRootID" -> active = ConsulJson.text(json);
          case "Roots" -> ConsulJson.each(json, () -> roots.add(root(json)));
          default -> json.skipChildren();
        }
      }
    }
    String signingKey =
        roots.stream().filter(Root::active).map(Root::signingKey).findFirst().orElse("");
    return new Roots(
        trustDomain,
        active,
        signingKey.replace(":", "").toLowerCase(Locale.ROOT),
        roots.stream()
            .sorted(Comparator.comparing((Root root) -> !root.active()).thenComparing(Root::id))
            .map(Root::certificate)
            .collect(ImmutableList.toImmutableList()));
  }

  private static Root root(JsonParser json) throws IOException {
    String id = "";
    String certificate = "";
    String signingKey = "";
    boolean active = false;
    for (String field = ConsulJson.first(json); field != null; field = ConsulJson.next(json)) {
      switch (field) {
        case "ID" -> id = ConsulJson.text(json);
        case "RootCert" -> certificate = ConsulJson.text(json);
        case "SigningKeyID" -> signingKey = ConsulJson.text(json);
        case "Active" -> active = json.getBooleanValue();
        default -> json.skipChildren();
      }
    }
    return new Root(id, certificate, signingKey, active);
  }
}
