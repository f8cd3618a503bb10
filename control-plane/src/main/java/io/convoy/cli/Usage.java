package io.convoy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What is said of a command line that is wrong, or that failed: one line, and the exit code. */
final class Usage {
  private Usage() {}

  /** Wrong usage. */
  static int wrong(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    CommandSpec spec = command.getCommandSpec();
    err.println(spec.qualifiedName() + ": " + describe(e, command));
    err.flush();
    return ExitCode.USAGE;
  }

  /** The command was understood and failed. */
  static int failed(Exception e, CommandLine command, ParseResult parsed) {
    String name = command.getCommandSpec().qualifiedName();
    if (e instanceof FailedException || e instanceof io.convoy.cli.local.MissingToolException) {
      command.getErr().println(name + ": " + e.getMessage());
    } else {
      command.getErr().println(name + ": failed unexpectedly: " + e);
      e.printStackTrace(command.getErr());
    }
    command.getErr().flush();
    return ExitCode.SOFTWARE;
  }

  private static String describe(ParameterException e, CommandLine command) {
    // Before what is missing: a flag that is misspelt is both.
    if (!command.getUnmatchedArguments().isEmpty()) {
      return unknown(command.getUnmatchedArguments().getFirst(), command);
    }
    if (e.getArgSpec() instanceof OptionSpec option
        && e.getValue() != null
        && !(e instanceof MissingParameterException)) {
      return "%s: had %s, expected %s"
          .formatted(origin(option, command, e.getValue()), e.getValue(), expected(option, e));
    }
    return firstLine(e);
  }

  private static String unknown(String argument, CommandLine command) {
    boolean flag = argument.startsWith("-");
    String name = argument.replaceFirst("=.*", "");
    List<String> names = flag ? flags(command) : subcommands(command);
    String suggestion = Suggestion.among(names, name);
    String what = flag ? "unknown flag " : names.isEmpty() ? "unexpected " : "unknown command ";
    return what
        + name
        + (suggestion.isEmpty()
            ? "; see " + command.getCommandSpec().qualifiedName() + " --help"
            : suggestion);
  }

  private static List<String> flags(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .flatMap(option -> Stream.of(option.names()))
        .toList();
  }

  private static List<String> subcommands(CommandLine command) {
    Stream<String> elsewhere =
        command.getCommandName().equals("convoy")
            ? Stream.of("tools", "test", "bench")
            : Stream.of();
    return Stream.concat(command.getSubcommands().keySet().stream(), elsewhere).toList();
  }

  private static String origin(OptionSpec option, CommandLine command, String value) {
    return command.getDefaultValueProvider() instanceof Settings settings
            && value.equals(settings.defaultValue(option))
        ? settings.origin(option)
        : option.longestName();
  }

  private static String expected(OptionSpec option, ParameterException e) {
    Class<?> type = option.auxiliaryTypes().length > 0 ? option.auxiliaryTypes()[0] : option.type();
    if (type.isEnum() || option.completionCandidates() != null) {
      return "one of " + String.join(", ", option.completionCandidates());
    }
    if (type == int.class || type == Integer.class || type == long.class) {
      return "a whole number";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    if (type == Duration.class) {
      return DurationConverter.EXPECTED;
    }
    if (type == Path.class) {
      return "a path";
    }
    return firstLine(e);
  }

  private static String firstLine(ParameterException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage");
  }
}
