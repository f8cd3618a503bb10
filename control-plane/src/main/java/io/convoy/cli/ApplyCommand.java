package io.convoy.cli;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import io.convoy.policy.DocumentId;
import io.convoy.policy.DocumentParser.Parsed;
import io.convoy.policy.RawDocument;
import io.convoy.registry.consul.ConsulSettings;
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
import picocli.CommandLine.Option;
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
  @Mixin private DryRunFlags dryRun = new DryRunFlags();

  @Option(
      names = "--force",
      description = "Write over what somebody else changes at the same moment, too.")
  private boolean force;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files or folders of documents; - for standard input.")
  private List<String> files = List.of();

  /** A document to write, and what stands in its place. */
  private record Wanted(DocumentId id, String text, Optional<Stored> before) {
    boolean unchanged() {
      return before.filter(stored -> normal(stored.text()).equals(text)).isPresent();
    }

    Change change(boolean force) {
      return new Change(
          id,
          Optional.of(text),
          force ? Optional.empty() : Optional.of(before.map(Stored::modifyIndex).orElse(0L)));
    }

    /** As it would be in KV. A new one is the youngest. */
    RawDocument document(String prefix) {
      return new RawDocument(
          RawDocument.Source.KV,
          prefix + id,
          id,
          text,
          before.map(Stored::createIndex).orElse(Long.MAX_VALUE),
          Long.MAX_VALUE);
    }
  }

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
    ConsulSettings settings = consul.settings(command);
    try (KvWriter kv = new KvWriter(settings)) {
      List<Wanted> wanted = wanted(kv, documents);
      if (dryRun.given()) {
        preview(settings, wanted, command.getOut());
      } else {
        write(kv, wanted, command.getOut());
      }
      return ExitCode.OK;
    } catch (KvWriter.Failed e) {
      throw new FailedException(String.valueOf(e.getMessage()));
    }
  }

  private static List<Wanted> wanted(KvWriter kv, List<Parsed> documents) throws KvWriter.Failed {
    Map<DocumentId, Stored> stored =
        kv.list().stream().collect(Collectors.toMap(Stored::id, Function.identity(), (a, _) -> a));
    return documents.stream()
        .map(parsed -> {
          DocumentId id = parsed.document().orElseThrow().id();
          return new Wanted(id, normal(parsed.raw().text()), Optional.ofNullable(stored.get(id)));
        })
        .toList();
  }

  /** Without what separates documents in a file: blank lines before, blanks after. */
  private static String normal(String text) {
    String rest = text;
    for (int end = rest.indexOf('\n');
        end >= 0 && rest.substring(0, end).isBlank();
        end = rest.indexOf('\n')) {
      rest = rest.substring(end + 1);
    }
    return CharMatcher.whitespace().trimTrailingFrom(rest) + "\n";
  }

  private void preview(ConsulSettings settings, List<Wanted> wanted, PrintWriter out) {
    wanted.forEach(one -> out.println(one.id() + outcome(one)));
    dryRun.print(
        settings,
        wanted.stream()
            .filter(one -> !one.unchanged())
            .map(one -> one.document(settings.kvPrefix()))
            .toList(),
        List.of(),
        out);
  }

  private void write(KvWriter kv, List<Wanted> wanted, PrintWriter out) throws KvWriter.Failed {
    List<Change> changes =
        wanted.stream()
            .filter(one -> !one.unchanged())
            .map(one -> one.change(force))
            .collect(ImmutableList.toImmutableList());
    KvWriter.Outcome outcome = kv.write(changes);
    wanted.stream()
        .filter(one -> one.unchanged() || outcome.written().contains(one.id()))
        .forEach(one -> out.println(one.id() + outcome(one)));
    out.flush();
    if (outcome.conflict().isPresent()) {
      throw new FailedException(
          "%s was changed by somebody else meanwhile; %d of %d documents were written: look at it (convoy get %s), and apply again, or with --force"
              .formatted(
                  outcome.conflict().get(),
                  outcome.written().size(),
                  changes.size(),
                  outcome.conflict().get().toString().replace('/', ' ')));
    }
  }

  private static String outcome(Wanted one) {
    return one.unchanged() ? " unchanged" : one.before().isPresent() ? " changed" : " created";
  }
}
