package io.convoy.snapshot;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Policies;
import io.convoy.policy.RawDocument;
import io.convoy.translation.MeshSecrets;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.Translation;
import io.convoy.translation.Translator;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One node group, as the writer keeps it. Confined to the writer's thread. */
final class Group {
  private final NodeGroup id;
  private final Translator translator;
  private final MeshSecrets secrets = new MeshSecrets();
  private final Quarantine quarantine = new Quarantine();
  private ImmutableSetMultimap<DocumentId, String> unresolved = ImmutableSetMultimap.of();
  private @Nullable Translation published;
  private ImmutableList<Resource> publishedSecrets = ImmutableList.of();

  Group(NodeGroup id, WriterSettings settings) {
    this.id = id;
    this.translator = new Translator(id, settings.keyServers(), settings.undeclaredUpstreams());
  }

  NodeGroup id() {
    return id;
  }

  /** Translates and publishes; returns how many resources differ from what was published before. */
  @SuppressWarnings("ReferenceEquality") // the same object while nothing changes
  int publish(
      Catalog catalog,
      Policies policies,
      Mesh mesh,
      Credentials credentials,
      ImmutableSet<DocumentId> changedDocuments,
      Snapshots snapshots,
      Duration sinceChange) {
    Translation translation = translator.translate(catalog, policies, mesh);
    ImmutableList<Resource> shown = secrets.resources(credentials.roots(), credentials.leaf(id));
    unresolved = withProblem(translation.unresolved(), credentials.problem(id));
    if (translation == published && shown == publishedSecrets) {
      return 0;
    }
    Snapshot before = snapshots.get(id).orElse(null);
    List<Resource> resources =
        quarantine.filter(
            ImmutableList.<Resource>builder()
                .addAll(translation.resources())
                .addAll(shown)
                .build());
    Snapshot next = before == null ? Snapshot.of(id, resources) : before.next(resources);
    var changed = snapshots.publish(next, sinceChange);
    quarantine.published(
        before,
        next,
        changed.entries().stream()
            .map(entry -> new ResourceKey(entry.getKey(), entry.getValue()))
            .toList(),
        changedDocuments,
        policies);
    published = translation;
    publishedSecrets = shown;
    return changed.size();
  }

  /** Where the service's own meta is asked for, so is what keeps its Envoys from a certificate. */
  private ImmutableSetMultimap<DocumentId, String> withProblem(
      ImmutableSetMultimap<DocumentId, String> problems, Optional<String> certificate) {
    return certificate.isEmpty()
        ? problems
        : ImmutableSetMultimap.<DocumentId, String>builder()
            .putAll(problems)
            .put(MeshSecrets.reportedAt(id.cluster()), certificate.get())
            .build();
  }

  /** The versions of documents that a refusal may be about. */
  ImmutableSet<RawDocument> suspects(ResourceKey key, String version, @Nullable String held) {
    return quarantine.suspects(key, version, held);
  }

  void blame(Quarantine.Blame blame) {
    quarantine.blame(blame);
  }

  ImmutableList<Quarantine.Blame> takeUnfounded(Snapshots snapshots) {
    return snapshots.get(id).map(quarantine::takeUnfounded).orElse(ImmutableList.of());
  }

  /** Returns whether that version is the one that is published. */
  boolean refuse(ResourceKey key, String version, String words) {
    published = null;
    return quarantine.refuse(key, version, words);
  }

  void collect(
      ImmutableSetMultimap.Builder<DocumentId, String> allUnresolved,
      ImmutableSetMultimap.Builder<DocumentId, String> allRejected) {
    allUnresolved.putAll(unresolved);
    quarantine.forEachDocument(allRejected::put);
  }
}
