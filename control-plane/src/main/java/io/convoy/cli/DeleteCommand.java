package io.convoy.cli;

import io.convoy.policy.DocumentId;
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

  @Parameters(index = "0", paramLabel = "KIND", description = "Such as http-route.")
  private String kind = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "Such as shop.")
  private String name = "";

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    DocumentId id = new DocumentId(kind, name);
    try (KvWriter kv = new KvWriter(consul.settings(command))) {
      Stored stored =
          kv.get(id)
              .orElseThrow(
                  () -> new FailedException(id + " is not in KV; convoy get lists what is"));
      KvWriter.Outcome outcome =
          kv.write(List.of(new Change(id, Optional.empty(), stored.modifyIndex())));
      if (outcome.conflict().isPresent()) {
        throw new FailedException(outcome.conflict().get() + "; look at it, and delete again");
      }
    } catch (KvWriter.Failed e) {
      throw new FailedException(String.valueOf(e.getMessage()));
    }
    command.getOut().println(id + " deleted");
    command.getOut().flush();
    return ExitCode.OK;
  }
}
