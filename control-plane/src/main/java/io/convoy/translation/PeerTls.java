package io.convoy.translation;

import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Mesh;
import java.util.Optional;

/**
 * How the instances of a cluster that have a sidecar are spoken to; the others are in plain text.
 *
 * @param authority absent while it is not known: then they are not spoken to
 * @param services those with such instances
 */
record PeerTls(Optional<Mesh.Authority> authority, ImmutableSortedSet<String> services) {

  /**
   * The name of a cluster's endpoints. Those that are spoken to otherwise have another: until the
   * cluster that knows how is warm, the one before it keeps what it has.
   */
  static String endpoints(String cluster, Optional<PeerTls> tls) {
    return tls.flatMap(PeerTls::authority).isPresent() ? "mutual-tls/" + cluster : cluster;
  }
}
