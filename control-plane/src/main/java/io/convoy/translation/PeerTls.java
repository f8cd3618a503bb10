package io.convoy.translation;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Mesh;
import io.convoy.policy.TerminatingGateway;
import java.util.Optional;

/**
 * How the instances of a cluster are spoken to where it is not in plain text.
 *
 * @param authority absent while it is not known: then instances with a sidecar are not spoken to
 * @param services those with instances that have a sidecar and are spoken to as members of the mesh
 * @param outside those with instances that have none and are spoken to by TLS
 */
record PeerTls(
    Optional<Mesh.Authority> authority,
    ImmutableSortedSet<String> services,
    ImmutableSortedMap<String, TerminatingGateway.Tls> outside) {

  /**
   * The name of a cluster's endpoints. Those that are spoken to otherwise have another: until the
   * cluster that knows how is warm, the one before it keeps what it has.
   */
  static String endpoints(String cluster, Optional<PeerTls> tls) {
    return tls.map(PeerTls::prefix).orElse("") + cluster;
  }

  private String prefix() {
    return (outside.isEmpty() ? "" : "tls/")
        + (services.isEmpty() || authority.isEmpty() ? "" : "mutual-tls/");
  }
}
