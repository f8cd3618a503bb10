package io.convoy.policy;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.net.InetAddresses;
import io.convoy.config.v1.TerminatingGatewayProto;
import io.convoy.config.v1.TerminatingGatewayProto.LinkedService;
import io.convoy.policy.TerminatingGateway.Linked;
import io.convoy.policy.TerminatingGateway.Own;
import io.convoy.policy.TerminatingGateway.Tls;
import io.convoy.policy.Value.Mapping;
import io.convoy.policy.Value.Scalar;
import io.convoy.policy.Value.Sequence;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@code terminating-gateway}. */
final class TerminatingGatewayConverter {
  private TerminatingGatewayConverter() {}

  static Document convert(
      DocumentId id, TerminatingGatewayProto.TerminatingGateway message, At at) {
    var services = new TreeMap<String, Linked>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < message.getServicesCount(); i++) {
      LinkedService service = message.getServices(i);
      At here = at.field("Services").index(i);
      String name = here.field("Name").name(service.getName());
      here.field("Name").require(seen.add(name), Value.quoted(name), "expected every service once");
      Linked linked = linked(service, here);
      if (!name.equals(TerminatingGateway.ANY)) {
        services.put(name, linked);
      } else {
        here.field("Name")
            .require(
                linked.tls().isEmpty(),
                "\"*\" with TLS",
                "expected the name of a service: of all services, those of the mesh that have no sidecar would no longer be reached");
        here.field("Name").warn("has no effect: name each service");
      }
    }
    return new TerminatingGateway(id, ImmutableSortedMap.copyOfSorted(services));
  }

  private static Linked linked(LinkedService service, At at) {
    Optional<String> authorities = file(at.field("CAFile"), service.getCaFile());
    Optional<String> certificate = file(at.field("CertFile"), service.getCertFile());
    Optional<String> key = file(at.field("KeyFile"), service.getKeyFile());
    Optional<String> sni =
        Optionals.given(service.getSni()).map(name -> sni(at.field("SNI"), name));
    boolean tls = authorities.isPresent() || sni.isPresent();
    at.field("CertFile")
        .require(
            certificate.isPresent() || key.isEmpty(),
            "nothing",
            "expected the certificate of KeyFile");
    at.field("KeyFile")
        .require(
            key.isPresent() || certificate.isEmpty(), "nothing", "expected the key of CertFile");
    at.field("CertFile")
        .require(
            tls || certificate.isEmpty(),
            "a file without CAFile and SNI",
            "expected one of them with it: without, the service is called in plain text");
    Optional<Own> own =
        certificate.isPresent() && key.isPresent()
            ? Optional.of(new Own(certificate.get(), key.get()))
            : Optional.empty();
    return new Linked(
        tls ? Optional.of(new Tls(authorities, own, sni)) : Optional.empty(),
        !service.getDisableAutoHostRewrite());
  }

  private static Optional<String> file(At at, String path) {
    boolean absolute =
        path.startsWith("/")
            && path.length() <= 4096
            && CharMatcher.javaIsoControl().matchesNoneOf(path)
            && !path.endsWith("/");
    at.require(
        path.isEmpty() || absolute,
        Value.quoted(path),
        "expected the absolute path of a file on the Envoys' machines");
    return Optionals.given(path);
  }

  /**
   * An address is no name to ask for (RFC 6066, section 3), and no certificate is for a pattern.
   */
  private static String sni(At at, String name) {
    at.require(
        !InetAddresses.isInetAddress(name) && !name.startsWith("*"),
        Value.quoted(name),
        "expected a host name");
    return HttpChecks.hostname(at, name);
  }

  /**
   * The services that a document names that is refused: what they are to be called by is not known.
   * Those that can be read, whatever else is wrong.
   */
  static ImmutableList<TargetRef> named(Value document) {
    return items(document, "Services", "services")
        .flatMap(
            services -> services instanceof Sequence list ? list.items().stream() : Stream.of())
        .flatMap(service -> items(service, "Name", "name"))
        .flatMap(name -> name instanceof Scalar scalar ? Stream.of(scalar.text()) : Stream.of())
        .filter(name -> Names.valid(name) && !name.equals(TerminatingGateway.ANY))
        .distinct()
        .map(TargetRef.Service::new)
        .collect(ImmutableList.toImmutableList());
  }

  private static Stream<Value> items(Value value, String name, String otherName) {
    return value instanceof Mapping mapping
        ? mapping.members().stream()
            .filter(member -> member.key().equals(name) || member.key().equals(otherName))
            .map(Value.Member::value)
        : Stream.of();
  }
}
