package io.convoy.translation;

import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import java.util.Set;

/** Translates for one role. Keeps what it made; confined to one thread. */
interface RoleTranslator {

  /**
   * What the node group is to be told.
   *
   * @param changed names of the services that differ from those of the last call
   * @param documents the same object as in the last call where no document differs
   */
  Translation translate(Catalog catalog, Set<String> changed, Documents documents, Mesh mesh);
}
