package io.convoy.cli;

import java.time.Duration;
import java.util.Map;
import picocli.CommandLine;

/** How every command line of Convoy is read, and how it answers what is wrong with it. */
public final class Commands {
  private Commands() {}

  /**
   * Runs a command to its end.
   *
   * @param root a picocli command whose subcommands have flags, each of which is also an
   *     environment variable
   * @return the exit code: 0 fine, 1 failed, 2 wrong usage
   */
  public static int run(Object root, Map<String, String> environment, String... args) {
    CommandLine commands = new CommandLine(root);
    commands.setParameterExceptionHandler(Usage::wrong);
    commands.setExecutionExceptionHandler(Usage::failed);
    commands.registerConverter(Duration.class, new DurationConverter());
    if (args.length == 0) {
      commands.usage(commands.getErr());
      return CommandLine.ExitCode.USAGE;
    }
    try {
      commands.setDefaultValueProvider(Settings.read(commands, environment, args));
    } catch (CommandLine.ParameterException e) {
      return Usage.wrong(e, args);
    }
    return commands.execute(args);
  }
}
