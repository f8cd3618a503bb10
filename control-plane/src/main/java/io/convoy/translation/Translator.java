package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.catalog.Catalog;
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
  private static final Translation NOTHING =
      new Translation(ImmutableList.of(), ImmutableSetMultimap.of());

  private final RoleTranslator role;
  private final KeyServerAccess keyServers;
  private Policies policies = Policies.EMPTY;
  private Documents documents = Documents.NONE;
  private Catalog catalog = Catalog.EMPTY;
  private @Nullable Translation translation;

  /** With every public key server allowed. */
  public Translator(NodeGroup group) {
    this(group, KeyServerAccess.PUBLIC);
  }

  public Translator(NodeGroup group, KeyServerAccess keyServers) {
    this(group, keyServers, new Seats());
  }

  /** One whose policies' content already sits somewhere. */
  Translator(NodeGroup group, KeyServerAccess keyServers, Seats seats) {
    this.keyServers = keyServers;
    this.role =
        switch (group.role()) {
          case GATEWAY -> new Gateway(group, seats, keyServers.trustRoots());
          case GRPC -> new GrpcClients(group);
          case SIDECAR -> (nextCatalog, changed, nextDocuments) -> NOTHING;
        };
  }

  /** What the group is to be told. Never fails: what cannot be translated is unresolved. */
  @SuppressWarnings("ReferenceEquality")
  public Translation translate(Catalog nextCatalog, Policies nextPolicies) {
    Documents nextDocuments = documents(nextPolicies);
    ImmutableSet<String> changed =
        nextCatalog == catalog
            ? ImmutableSet.of()
            : CatalogDifference.between(catalog, nextCatalog);
    if (translation == null || !changed.isEmpty() || nextDocuments != documents) {
      translation = role.translate(nextCatalog, changed, nextDocuments);
    }
    policies = nextPolicies;
    documents = nextDocuments;
    catalog = nextCatalog;
    return translation;
  }

  /** The same object as before unless a document that matters here is another. */
  @SuppressWarnings("ReferenceEquality")
  private Documents documents(Policies next) {
    if (next == policies) {
      return documents;
    }
    Documents found = Documents.of(next, keyServers);
    return found.equals(documents) ? documents : found;
  }
}
