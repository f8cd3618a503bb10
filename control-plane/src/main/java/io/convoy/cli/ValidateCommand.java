package io.convoy.cli;

import io.convoy.policy.DocumentParser.Parsed;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks documents as {@code serve} does, without serving them. */
@Command(
    name = "validate",
    description = "Checks documents; exit code 1 when one is refused.",
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files or folders of documents; - for standard input.")
  private List<String> files = List.of();

  @Override
  public Integer call() {
    var command = Objects.requireNonNull(spec).commandLine();
    List<Parsed> documents = DocumentFiles.parse(files);
    int refused = DocumentFiles.report(documents, command.getErr());
    command
        .getOut()
        .println(
            refused == 0
                ? documents.size() + " valid"
                : "%d valid, %d refused".formatted(documents.size() - refused, refused));
    command.getOut().flush();
    return refused == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
