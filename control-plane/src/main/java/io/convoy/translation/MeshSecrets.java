package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Message;
import io.convoy.catalog.Leaf;
import io.convoy.policy.DocumentId;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.util.Optional;

/**
 * What a group's Envoys show of themselves and whom they believe, as secrets: apart from the
 * translation, which holds none. Confined to one thread.
 */
public final class MeshSecrets {
  /** The name of the group's own certificate and key. */
  public static final String LEAF = "leaf";

  /** The name of the roots that others' certificates must be of. */
  public static final String ROOTS = "roots";

  private ImmutableList<String> roots = ImmutableList.of();
  private Optional<Leaf> leaf = Optional.empty();
  private ImmutableList<Resource> resources = ImmutableList.of();

  /** Where it is reported what keeps the Envoys of a service from a certificate. */
  public static DocumentId reportedAt(String service) {
    return MetaRoute.id(service);
  }

  /**
   * The secrets; the same list as before while they are the same. What is not known yet is left
   * out.
   *
   * @param nextRoots PEM
   */
  public ImmutableList<Resource> resources(
      ImmutableList<String> nextRoots, Optional<Leaf> nextLeaf) {
    if (!nextRoots.equals(roots) || !nextLeaf.equals(leaf)) {
      roots = nextRoots;
      leaf = nextLeaf;
      var made = ImmutableList.<Resource>builder();
      leaf.ifPresent(own -> made.add(resource(LEAF, secret(own))));
      if (!roots.isEmpty()) {
        made.add(resource(ROOTS, secret(roots)));
      }
      resources = made.build();
    }
    return resources;
  }

  private static Resource resource(String name, Message secret) {
    return Resource.of(
        new ResourceKey(ResourceType.SECRETS, name), secret, ImmutableSet.of(), ImmutableSet.of());
  }

  private static Secret secret(Leaf leaf) {
    return Secret.newBuilder()
        .setName(LEAF)
        .setTlsCertificate(
            TlsCertificate.newBuilder()
                .setCertificateChain(inline(leaf.chain()))
                .setPrivateKey(inline(leaf.key())))
        .build();
  }

  private static Secret secret(ImmutableList<String> roots) {
    return Secret.newBuilder()
        .setName(ROOTS)
        .setValidationContext(
            CertificateValidationContext.newBuilder().setTrustedCa(inline(String.join("", roots))))
        .build();
  }

  private static DataSource inline(String pem) {
    return DataSource.newBuilder().setInlineString(pem).build();
  }
}
