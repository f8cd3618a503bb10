package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.catalog.Catalog;
import io.convoy.policy.Policies;
import java.util.function.BiFunction;

/**
 * Translates for one node group. The result depends on the arguments alone; what was made for the
 * arguments before is used again where it still holds: a {@link Resource} whose inputs did not
 * change is the same object as before.
 *
 * <p>Not thread-safe: confined to the thread that writes snapshots.
 */
public final class Translator {
  private static final Translation NOTHING =
      new Translation(ImmutableList.of(), ImmutableSetMultimap.of());

  private final BiFunction<Catalog, Documents, Translation> role;
  private Policies policies = Policies.EMPTY;
  private Documents documents = Documents.NONE;
  private Catalog catalog = Catalog.EMPTY;
  private Translation translation = NOTHING;
  private boolean first = true;

  public Translator(NodeGroup group) {
    this.role =
        switch (group.role()) {
          case GATEWAY -> new Gateway(group)::translate;
          case GRPC -> new GrpcClients(group)::translate;
          case SIDECAR -> (nextCatalog, nextDocuments) -> NOTHING;
        };
  }

  /** What the group is to be told. Never fails: what cannot be translated is unresolved. */
  @SuppressWarnings("ReferenceEquality") // a catalog that is another object has changed
  public Translation translate(Catalog nextCatalog, Policies nextPolicies) {
    Documents nextDocuments = documents(nextPolicies);
    if (first || nextCatalog != catalog || nextDocuments != documents) {
      translation = role.apply(nextCatalog, nextDocuments);
      first = false;
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
    Documents found = Documents.of(next);
    return found.equals(documents) ? documents : found;
  }
}
