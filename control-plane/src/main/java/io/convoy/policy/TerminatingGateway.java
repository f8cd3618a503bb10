package io.convoy.policy;

import com.google.common.collect.ImmutableSortedMap;
import java.util.Optional;

/**
 * How services outside the mesh are called: Consul's {@code terminating-gateway}. It is about
 * instances that have no sidecar. Immutable.
 *
 * @param services by name; those of which something is said
 */
public record TerminatingGateway(DocumentId id, ImmutableSortedMap<String, Linked> services)
    implements Document {

  /** The kind's name. */
  public static final String KIND = "terminating-gateway";

  /** Stands for all services in Consul. */
  static final String ANY = "*";

  /**
   * One service.
   *
   * @param tls absent, it is called in plain text
   * @param hostRewrite whether requests get the host that is called
   */
  public record Linked(Optional<Tls> tls, boolean hostRewrite) {}

  /**
   * How a service is called by TLS. Files are on the Envoys' machines.
   *
   * @param authorities the absolute path of the PEM file with those that the service's certificate
   *     must be of; absent, those that every Envoy's machine believes
   * @param own what is shown to the service
   * @param sni the host name that is asked for and that the certificate must be for, in lower case;
   *     absent, the one that an instance is registered with
   */
  public record Tls(Optional<String> authorities, Optional<Own> own, Optional<String> sni) {}

  /** Absolute paths of PEM files. */
  public record Own(String certificate, String key) {}
}
