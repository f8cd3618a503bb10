package io.convoy.cli;

import io.convoy.policy.DocumentId;
import io.convoy.registry.consul.KvWriter;
import io.convoy.registry.consul.KvWriter.Stored;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the documents in Consul's KV: their identities, or one document's text. */
@Command(
    name = "get",
    description = "Lists the documents in Consul's KV, or those of a kind, or prints one.",
    mixinStandardHelpOptions = true)
final class GetCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ConsulFlags consul = new ConsulFlags();

  @Parameters(index = "0", arity = "0..1", paramLabel = "KIND", description = "Only this kind.")
  private String kind = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "This one's text.")
  private String name = "";

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = command.getOut();
    try (KvWriter kv = new KvWriter(consul.settings(command))) {
      if (name.isEmpty()) {
        kv.list().stream()
            .map(Stored::id)
            .filter(id -> kind.isEmpty() || id.kind().equals(kind))
            .forEach(out::println);
      } else {
        DocumentId id = new DocumentId(kind, name);
        out.println(
            kv.get(id)
                .orElseThrow(
                    () -> new FailedException(id + " is not in KV; convoy get lists what is"))
                .text()
                .stripTrailing());
      }
    } catch (KvWriter.Failed e) {
      throw new FailedException(String.valueOf(e.getMessage()));
    }
    out.flush();
    return ExitCode.OK;
  }
}
