package io.convoy.admin;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.Condition;
import io.convoy.policy.DocumentId;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.Policies;
import io.convoy.snapshot.SnapshotWriter;
import io.convoy.snapshot.WriterState;
import io.convoy.translation.UnenforcedIntentions;
import io.convoy.xds.Programmed;
import io.convoy.xds.XdsServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The status of documents. */
final class PolicyPages {
  private final SnapshotWriter writer;
  private final XdsServer xds;

  PolicyPages(SnapshotWriter writer, XdsServer xds) {
    this.writer = writer;
    this.xds = xds;
  }

  List<Views.PolicyView> all() {
    WriterState state = writer.state();
    Map<DocumentId, Programmed> programmed = xds.programmed();
    return state.policies().entries().entrySet().stream()
        .map(entry ->
            view(
                state,
                entry.getKey(),
                entry.getValue(),
                programmed.getOrDefault(entry.getKey(), Programmed.NOBODY),
                Optional.empty()))
        .toList();
  }

  Response one(DocumentId id) {
    WriterState state = writer.state();
    Policies.Entry entry = state.policies().entries().get(id);
    if (entry == null) {
      return Response.error(404, "no source holds a document " + id, "see /policies");
    }
    return Response.json(
        view(state, id, entry, xds.programmed(id), Optional.of(DocumentParser.shown(entry.raw()))));
  }

  private Views.PolicyView view(
      WriterState state,
      DocumentId id,
      Policies.Entry entry,
      Programmed programmed,
      Optional<Object> document) {
    return new Views.PolicyView(
        id.kind(),
        id.name(),
        entry.raw().source().label(),
        entry.raw().location(),
        entry.raw().modifyIndex(),
        ImmutableList.of(
            Views.ConditionView.of(entry.accepted()),
            Views.ConditionView.of(resolved(state, id)),
            Views.ConditionView.of(
                entry
                    .rejected()
                    .or(entry::waiting)
                    .orElseGet(() -> programmed(state, id, entry, programmed)))),
        entry.warnings(),
        new Views.ProgrammedView(
            // What the Envoys have acknowledged is the version before.
            entry.pending().isPresent() ? 0 : programmed.acked(), programmed.total()),
        document);
  }

  private static Condition resolved(WriterState state, DocumentId id) {
    String missing =
        Stream.concat(
                state.unresolved().get(id).stream(),
                UnenforcedIntentions.problem(id, state.catalog()).stream())
            .collect(Collectors.joining("; "));
    return missing.isEmpty()
        ? new Condition(Condition.Type.RESOLVED_REFS, true, Condition.Reason.RESOLVED, "")
        : new Condition(
            Condition.Type.RESOLVED_REFS, false, Condition.Reason.REF_NOT_FOUND, missing);
  }

  private static Condition programmed(
      WriterState state, DocumentId id, Policies.Entry entry, Programmed programmed) {
    if (entry.document().isEmpty()) {
      return new Condition(
          Condition.Type.PROGRAMMED,
          false,
          Condition.Reason.INVALID,
          "no version of it is in force");
    }
    String words = String.join("; ", state.rejected().get(id));
    if (words.isEmpty() && programmed.error().isPresent()) {
      words = programmed.error().get();
    }
    if (!words.isEmpty()) {
      return new Condition(Condition.Type.PROGRAMMED, false, Condition.Reason.REJECTED, words);
    }
    boolean all = programmed.acked() == programmed.total();
    String message = programmed.total() == 0 ? "no connected Envoy is concerned" : "";
    return new Condition(
        Condition.Type.PROGRAMMED,
        all,
        all ? Condition.Reason.PROGRAMMED : Condition.Reason.PENDING,
        message);
  }
}
