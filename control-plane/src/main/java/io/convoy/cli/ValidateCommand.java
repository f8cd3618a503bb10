package io.convoy.cli;

import com.google.common.collect.ImmutableList;
import io.convoy.cli.local.MissingToolException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks documents as {@code serve} does, without serving them. */
@Command(
    name = "validate",
    description = {
      "Checks documents: each alone, what they name, and what Envoy says of the resources that",
      "they become, at gateways and at sidecars, with a certificate made for the purpose. Services",
      "that no file defines are taken to exist. Exit code 1 when a document is refused."
    },
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  enum Output {
    text,
    json
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--strict",
      description = "Fail on warnings, too: fields without effect and names of nothing.")
  private boolean strict;

  @Option(names = "--no-envoy", description = "Don't ask an Envoy.")
  private boolean noEnvoy;

  @Option(
      names = "--output",
      description = "What is printed: ${COMPLETION-CANDIDATES} (default: text).")
  private Output output = Output.text;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files or folders of documents; - for standard input.")
  private List<String> files = List.of();

  /**
   * The outcome.
   *
   * @param byEnvoy lines of what an Envoy refuses; empty where none was asked
   * @param skipped why no Envoy was asked; empty where one was
   */
  record Outcome(
      ImmutableList<Finding> findings, ImmutableList<String> byEnvoy, Optional<String> skipped) {

    int refused() {
      return (int) findings.stream().filter(Finding::refused).count();
    }

    boolean warned() {
      return findings.stream()
          .anyMatch(finding -> !finding.warnings().isEmpty() || !finding.unresolved().isEmpty());
    }
  }

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    DocumentFiles read = DocumentFiles.read(files);
    CrossCheck together = CrossCheck.of(read.documents(), read.services());
    Outcome outcome = askEnvoy(together, together.addTo(Finding.of(read.documents())));
    switch (output) {
      case text -> print(outcome, command);
      case json -> command.getOut().println(ValidationJson.of(outcome));
    }
    command.getErr().flush();
    command.getOut().flush();
    boolean failed =
        outcome.refused() > 0 || !outcome.byEnvoy().isEmpty() || (strict && outcome.warned());
    return failed ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  private Outcome askEnvoy(CrossCheck together, ImmutableList<Finding> findings) {
    if (noEnvoy) {
      return new Outcome(findings, ImmutableList.of(), Optional.of("--no-envoy"));
    }
    try {
      return new Outcome(
          findings, ImmutableList.copyOf(together.refusedBy(EnvoyCheck.find())), Optional.empty());
    } catch (MissingToolException e) {
      return new Outcome(findings, ImmutableList.of(), Optional.of(String.valueOf(e.getMessage())));
    }
  }

  private static void print(Outcome outcome, CommandLine command) {
    PrintWriter err = command.getErr();
    outcome.findings().forEach(finding -> finding.lines().forEach(err::println));
    outcome.byEnvoy().forEach(err::println);
    outcome.skipped().ifPresent(why -> err.println("no Envoy was asked: " + why));
    err.flush();
    int refused = outcome.refused();
    int valid = outcome.findings().size() - refused;
    command
        .getOut()
        .println(refused == 0 ? valid + " valid" : valid + " valid, " + refused + " refused");
  }
}
