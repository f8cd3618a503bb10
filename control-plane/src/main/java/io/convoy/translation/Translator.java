package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import io.convoy.policy.KeyServerAccess;
import io.convoy.policy.Policies;
import org.jspecify.annotations.Nullable;

/**
 * Translates for one node group. The result depends on the arguments alone; what was made for the
 * arguments before is used again where it still holds: a {@link Resource} whose inputs did not
 * change is the same object as before, and the content of a policy stays in its slot.
 *
 * <p>Not thread-safe: confined to the thread that writes snapshots.
 */
public final class Translator {
  /**
   * The name of the load assignment that says where the Envoys of a group stand: of {@code
   * cluster_manager.local_cluster_name} in a bootstrap.
   */
  public static final String LOCAL_CLUSTER = LocalCluster.NAME;

  private final RoleTranslator role;
  private final NodeGroup.Role kind;
  private final Sidecars sidecars = new Sidecars();
  private final KeyServerAccess keyServers;
  private Policies policies = Policies.EMPTY;
  private Documents documents = Documents.NONE;
  private ImmutableSet<String> withSidecars = ImmutableSet.of();
  private Catalog catalog = Catalog.EMPTY;
  private Mesh mesh = Mesh.NONE;
  private @Nullable Translation translation;

  /** With every public key server allowed. */
  public Translator(NodeGroup group) {
    this(group, KeyServerAccess.PUBLIC);
  }

  public Translator(NodeGroup group, KeyServerAccess keyServers) {
    this(group, keyServers, UndeclaredUpstreams.ALL);
  }

  /** {@code undeclared}: what a sidecar reaches whose service declares no upstreams. */
  public Translator(NodeGroup group, KeyServerAccess keyServers, UndeclaredUpstreams undeclared) {
    this(group, keyServers, undeclared, new Seats());
  }

  /** One whose policies' content already sits somewhere. */
  Translator(
      NodeGroup group, KeyServerAccess keyServers, UndeclaredUpstreams undeclared, Seats seats) {
    this.keyServers = keyServers;
    this.kind = group.role();
    this.role =
        switch (group.role()) {
          case GATEWAY -> new Gateway(group, seats, keyServers.trustRoots());
          case GRPC -> new GrpcClients(group);
          case SIDECAR -> new Sidecar(group, undeclared, seats, keyServers.trustRoots());
        };
  }

  /** In a mesh whose members do not prove who they are. */
  public Translation translate(Catalog nextCatalog, Policies nextPolicies) {
    return translate(nextCatalog, nextPolicies, Mesh.NONE);
  }

  /** What the group is to be told. Never fails: what cannot be translated is unresolved. */
  @SuppressWarnings("ReferenceEquality")
  public Translation translate(Catalog nextCatalog, Policies nextPolicies, Mesh nextMesh) {
    ImmutableSet<String> changed =
        nextCatalog == catalog
            ? ImmutableSet.of()
            : CatalogDifference.between(catalog, nextCatalog);
    Documents nextDocuments = documents(nextPolicies, sidecars(nextCatalog, changed));
    if (translation == null
        || !changed.isEmpty()
        || nextDocuments != documents
        || !nextMesh.equals(mesh)) {
      translation = role.translate(nextCatalog, changed, nextDocuments, nextMesh);
    }
    mesh = nextMesh;
    policies = nextPolicies;
    documents = nextDocuments;
    catalog = nextCatalog;
    return translation;
  }

  /** A client without a proxy applies nobody's guards and limits, wherever they act. */
  private ImmutableSet<String> sidecars(Catalog nextCatalog, ImmutableSet<String> changed) {
    return switch (kind) {
      case GATEWAY, SIDECAR -> sidecars.update(nextCatalog, changed);
      case GRPC -> ImmutableSet.of();
    };
  }

  /** The same object as before unless a document that matters here is another. */
  @SuppressWarnings("ReferenceEquality")
  private Documents documents(Policies next, ImmutableSet<String> nextSidecars) {
    if (next == policies && nextSidecars == withSidecars) {
      return documents;
    }
    withSidecars = nextSidecars;
    Documents found = Documents.of(next, keyServers, nextSidecars);
    return found.equals(documents) ? documents : found;
  }
}
