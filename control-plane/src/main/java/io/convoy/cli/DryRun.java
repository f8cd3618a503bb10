package io.convoy.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Maps;
import com.google.common.collect.Sets;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Policies;
import io.convoy.policy.RawDocument;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceJson;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.convoy.translation.SidecarGroups;
import io.convoy.translation.Translation;
import io.convoy.translation.Translator;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a change of documents would do: both states are translated as the server would, and compared
 * by resource.
 */
final class DryRun {
  /** Details of one resource that are printed. */
  private static final int DETAILS = 12;

  private static final Translation NOTHING =
      new Translation(ImmutableList.of(), ImmutableSetMultimap.of());

  private final ImmutableList.Builder<String> lines = ImmutableList.builder();
  private final Catalog catalog;
  private final Mesh mesh;
  private final Policies before;
  private final Policies after;
  private final ImmutableSet<DocumentId> changed;
  private final ImmutableSetMultimap.Builder<DocumentId, String> unresolvedBefore =
      ImmutableSetMultimap.builder();
  private final ImmutableSetMultimap.Builder<DocumentId, String> unresolvedAfter =
      ImmutableSetMultimap.builder();

  private DryRun(
      ConsulState state, Policies before, Policies after, ImmutableSet<DocumentId> changed) {
    this.catalog = state.catalog();
    this.mesh = state.mesh();
    this.before = before;
    this.after = after;
    this.changed = changed;
  }

  /**
   * The difference, for people, by node group.
   *
   * @param state is changed by the call
   * @param put documents of KV that are new or differ
   * @param deleted documents of KV
   * @param served node groups to look at beside the gateways that documents tell of; absent: the
   *     sidecars of services that a changed document is named like or names
   */
  static ImmutableList<String> of(
      ConsulState state,
      Collection<RawDocument> put,
      Collection<DocumentId> deleted,
      Optional<? extends Collection<NodeGroup>> served) {
    Policies before = state.documents().policies();
    var changed = ImmutableSet.<DocumentId>builder().addAll(deleted);
    put.forEach(document -> changed.add(document.id()));
    state.documents().apply(RawDocument.Source.KV, put, deleted);
    var run = new DryRun(state, before, state.documents().policies(), changed.build());
    Set<NodeGroup> known = new TreeSet<>();
    served.ifPresentOrElse(known::addAll, () -> known.addAll(run.sidecars()));
    known.addAll(GatewayGroups.of(before));
    Set<NodeGroup> groups = new TreeSet<>(known);
    groups.addAll(GatewayGroups.of(run.after));
    groups.forEach(group -> run.compare(group, known.contains(group)));
    run.references();
    return run.lines.build();
  }

  private Set<NodeGroup> sidecars() {
    Set<NodeGroup> groups = new TreeSet<>();
    for (DocumentId id : changed) {
      Set<String> names = new TreeSet<>(Set.of(id.name()));
      Stream.of(before, after)
          .flatMap(policies -> Optional.ofNullable(policies.entries().get(id)).stream())
          .forEach(entry -> names.addAll(Words.of(entry.raw())));
      names.stream()
          .flatMap(name -> catalog.service(name).stream())
          .forEach(service -> groups.addAll(SidecarGroups.of(service)));
    }
    return groups;
  }

  /** {@code known}: whether there may be Envoys of it already. */
  private void compare(NodeGroup group, boolean known) {
    var translator = new Translator(group);
    Translation first = known ? translator.translate(catalog, before, mesh) : NOTHING;
    Translation second = translator.translate(catalog, after, mesh);
    unresolvedBefore.putAll(first.unresolved());
    unresolvedAfter.putAll(second.unresolved());

    var old = Maps.uniqueIndex(first.resources(), Resource::key);
    var now = Maps.uniqueIndex(second.resources(), Resource::key);
    var keys =
        new TreeSet<>(Sets.union(old.keySet(), now.keySet()))
            .stream()
                .filter(key -> !sameContent(old.get(key), now.get(key)))
                .collect(ImmutableList.toImmutableList());
    if (keys.isEmpty()) {
      lines.add(group + ": nothing changes");
      return;
    }
    lines.add(group + (known ? ":" : ", which is new:"));
    keys.forEach(key -> resource(key, old.get(key), now.get(key)));
    if (keys.stream()
        .noneMatch(key -> key.type() == ResourceType.LISTENERS && old.containsKey(key))) {
      lines.add("  no listener that is there changes: no connection is drained");
    }
  }

  private static boolean sameContent(@Nullable Resource old, @Nullable Resource now) {
    return old != null && now != null && old.version().equals(now.version());
  }

  private void resource(ResourceKey key, @Nullable Resource old, @Nullable Resource now) {
    String sign = old == null ? "+" : now == null ? "-" : "~";
    boolean drains = old != null && key.type() == ResourceType.LISTENERS;
    lines.add(
        "  %s %s%s%s"
            .formatted(
                sign, key, because(old, now), drains ? ": its connections are drained" : ""));
    if (old != null && now != null && key.type() != ResourceType.SECRETS) {
      ImmutableList<String> details =
          JsonDifference.between(ResourceJson.print(old), ResourceJson.print(now));
      details.stream().limit(DETAILS).forEach(detail -> lines.add("      " + detail));
      if (details.size() > DETAILS) {
        lines.add("      and " + (details.size() - DETAILS) + " more");
      }
    }
  }

  /** The documents among those that change that shaped the resource before, or do now. */
  private String because(@Nullable Resource old, @Nullable Resource now) {
    Set<DocumentId> documents = new TreeSet<>();
    if (old != null) {
      documents.addAll(old.documents());
    }
    if (now != null) {
      documents.addAll(now.documents());
    }
    documents.retainAll(changed);
    return documents.isEmpty()
        ? ""
        : documents.stream().map(Objects::toString).collect(Collectors.joining(", ", " (", ")"));
  }

  private void references() {
    ImmutableSetMultimap<DocumentId, String> old = unresolvedBefore.build();
    ImmutableSetMultimap<DocumentId, String> now = unresolvedAfter.build();
    difference("breaks:", now, old);
    difference("resolves:", old, now);
  }

  /** What of {@code these} is not among {@code those}. */
  private void difference(
      String title,
      ImmutableSetMultimap<DocumentId, String> these,
      ImmutableSetMultimap<DocumentId, String> those) {
    var rest = new TreeMap<DocumentId, Set<String>>();
    these.forEach((id, line) -> {
      if (!those.containsEntry(id, line) && after.entries().containsKey(id)) {
        rest.computeIfAbsent(id, _ -> new TreeSet<>()).add(line);
      }
    });
    if (!rest.isEmpty()) {
      lines.add(title);
      rest.forEach((id, words) -> words.forEach(line -> lines.add("  " + id + ": " + line)));
    }
  }
}
