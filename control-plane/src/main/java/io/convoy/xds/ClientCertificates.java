package io.convoy.xds;

import com.google.common.collect.ImmutableSet;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.NodeGroup.Role;

/**
 * Whose snapshot a client may have, by its certificate: that of the service or of the gateway that
 * the certificate names, whatever the client's node says.
 *
 * @param gateways the services whose certificates may ask for a gateway's snapshot, the one of this
 *     name; what a gateway is told of guards and secrets of all services is not for a sidecar
 * @param anyService whose certificates may ask for every snapshot: services' names, SPIFFE ids in
 *     full, or {@code *} for every certificate of the authority
 */
public record ClientCertificates(ImmutableSet<String> gateways, ImmutableSet<String> anyService) {
  private static final String EVERYONE = "*";

  /** Whether every certificate of the authority may ask for every snapshot. */
  public boolean everyoneForAny() {
    return anyService.contains(EVERYONE);
  }

  boolean actsForAny(ClientIdentity identity) {
    return everyoneForAny()
        || anyService.contains(identity.shown())
        || identity.services().stream().anyMatch(anyService::contains);
  }

  boolean permits(ClientIdentity identity, NodeGroup group) {
    if (actsForAny(identity)) {
      return true;
    }
    return identity.services().contains(group.cluster())
        && (group.role() != Role.GATEWAY || gateways.contains(group.cluster()));
  }
}
