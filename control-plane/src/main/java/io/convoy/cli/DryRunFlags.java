package io.convoy.cli;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.registry.consul.ConsulRegistry;
import io.convoy.registry.consul.ConsulSettings;
import io.convoy.translation.NodeGroup;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks what a change would do instead of making it. */
final class DryRunFlags {
  @Option(
      names = "--dry-run",
      description =
          "Write nothing; print which resources of which node groups would change, which listeners"
              + " would drain, and what would break.")
  private boolean dryRun;

  @Mixin private AdminFlags admin = new AdminFlags();

  boolean given() {
    return dryRun;
  }

  void print(
      ConsulSettings consul,
      Collection<RawDocument> put,
      Collection<DocumentId> deleted,
      PrintWriter out) {
    ConsulState state = ConsulState.read(consul, hasMutualTls());
    Optional<List<NodeGroup>> served = admin.given() ? Optional.of(served()) : Optional.empty();
    DryRun.of(state, put, deleted, served).forEach(out::println);
    out.println("nothing was written: --dry-run");
    out.flush();
  }

  /** As the running Convoy has it; as {@code serve} has it by default where none was named. */
  private boolean hasMutualTls() {
    return !admin.given() || admin.get("/readyz").path("parts").has(ConsulRegistry.AUTHORITY);
  }

  private List<NodeGroup> served() {
    var groups = ImmutableList.<NodeGroup>builder();
    admin.get("/snapshots").forEach(group -> groups.add(NodeGroup.parse(group.asText())));
    return groups.build();
  }
}
