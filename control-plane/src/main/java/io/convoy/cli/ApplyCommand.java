package io.convoy.cli;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.DocumentId;
import io.convoy.policy.DocumentParser.Parsed;
import io.convoy.registry.consul.KvWriter;
import io.convoy.registry.consul.KvWriter.Change;
import io.convoy.registry.consul.KvWriter.Stored;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes documents to Consul's KV, by check-and-set: all are valid, or none is written. */
@Command(
    name = "apply",
    description =
        "Checks documents and writes them to Consul's KV; those that stand there already are left alone.",
    mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ConsulFlags consul = new ConsulFlags();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files or folders of documents; - for standard input.")
  private List<String> files = List.of();

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    List<Parsed> documents = DocumentFiles.read(files).documents();
    List<Finding> findings = Finding.of(documents);
    findings.forEach(finding -> finding.lines().forEach(command.getErr()::println));
    command.getErr().flush();
    if (findings.stream().anyMatch(Finding::refused)) {
      throw new FailedException("nothing was written: correct what is refused, and apply again");
    }
    try (KvWriter kv = new KvWriter(consul.settings(command))) {
      write(kv, documents, command.getOut());
      return ExitCode.OK;
    } catch (KvWriter.Failed e) {
      throw new FailedException(String.valueOf(e.getMessage()));
    }
  }

  private static void write(KvWriter kv, List<Parsed> documents, PrintWriter out)
      throws KvWriter.Failed {
    Map<DocumentId, Stored> stored =
        kv.list().stream().collect(Collectors.toMap(Stored::id, Function.identity(), (a, _) -> a));
    var changes = ImmutableList.<Change>builder();
    for (Parsed parsed : documents) {
      DocumentId id = parsed.document().orElseThrow().id();
      Stored before = stored.get(id);
      if (before != null && before.text().equals(parsed.raw().text())) {
        out.println(id + " unchanged");
      } else {
        changes.add(
            new Change(
                id, Optional.of(parsed.raw().text()), before == null ? 0 : before.modifyIndex()));
      }
    }
    KvWriter.Outcome outcome = kv.write(changes.build());
    outcome
        .written()
        .forEach(id -> out.println(id + (stored.containsKey(id) ? " changed" : " created")));
    out.flush();
    if (outcome.conflict().isPresent()) {
      throw new FailedException(outcome.conflict().get() + "; look at it, and apply again");
    }
  }
}
