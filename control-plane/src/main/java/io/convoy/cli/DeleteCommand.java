package io.convoy.cli;

import io.convoy.policy.DocumentId;
import io.convoy.registry.consul.ConsulSettings;
import io.convoy.registry.consul.KvWriter;
import io.convoy.registry.consul.KvWriter.Change;
import io.convoy.registry.consul.KvWriter.Stored;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Deletes a document from Consul's KV, by check-and-set. */
@Command(
    name = "delete",
    description = "Deletes a document from Consul's KV.",
    mixinStandardHelpOptions = true)
final class DeleteCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ConsulFlags consul = new ConsulFlags();
  @Mixin private DryRunFlags dryRun = new DryRunFlags();

  @Option(
      names = "--force",
      description = "Delete what somebody else changes at the same moment, too.")
  private boolean force;

  @Parameters(index = "0", paramLabel = "KIND", description = "Such as http-route.")
  private String kind = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "Such as shop.")
  private String name = "";

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    DocumentId id = new DocumentId(kind, name);
    ConsulSettings settings = consul.settings(command);
    try (KvWriter kv = new KvWriter(settings)) {
      Stored stored =
          kv.get(id)
              .orElseThrow(
                  () -> new FailedException(id + " is not in KV; convoy get lists what is"));
      if (dryRun.given()) {
        dryRun.print(settings, List.of(), List.of(id), command.getOut());
        return ExitCode.OK;
      }
      Optional<Long> read = force ? Optional.empty() : Optional.of(stored.modifyIndex());
      if (kv.write(List.of(new Change(id, Optional.empty(), read))).conflict().isPresent()) {
        throw new FailedException(
            id + " was changed by somebody else meanwhile: look at it, and delete again");
      }
    } catch (KvWriter.Failed e) {
      throw new FailedException(String.valueOf(e.getMessage()));
    }
    command.getOut().println(id + " deleted");
    command.getOut().flush();
    return ExitCode.OK;
  }
}
