package io.convoy.cli;

import io.convoy.cli.demo.DemoCommand;
import io.convoy.cli.demo.DemoServiceCommand;
import io.convoy.cli.rehearsal.RehearseCommand;
import java.util.Map;
import picocli.CommandLine.Command;

/** The command line. Exit codes: 0 fine, 1 failed, 2 wrong usage. */
@Command(
    name = "convoy",
    description = "An Envoy xDS control plane on Consul.",
    mixinStandardHelpOptions = true,
    version = "convoy 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      ValidateCommand.class,
      ApplyCommand.class,
      DeleteCommand.class,
      GetCommand.class,
      ExplainCommand.class,
      BootstrapCommand.class,
      DemoCommand.class,
      DemoServiceCommand.class,
      RehearseCommand.class
    },
    footer = {
      "  tools      Finds or installs Envoy and Consul, and prints where they are.",
      "  test       Runs all tests.",
      "  bench      Measures; ./convoy bench --help lists what.",
      "",
      "Every flag --some-flag is also an environment variable CONVOY_SOME_FLAG",
      "and, where there is a --config FILE, a key some-flag of it. A flag comes",
      "before the environment, that before the file."
    })
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(run(System.getenv(), args));
  }

  /** Runs a command to its end and returns the exit code. */
  static int run(Map<String, String> environment, String... args) {
    return Commands.run(new Main(), environment, args);
  }
}
