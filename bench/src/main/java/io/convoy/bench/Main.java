package io.convoy.bench;

import io.convoy.bench.server.ServerCommand;
import io.convoy.cli.Commands;
import picocli.CommandLine.Command;

/** The command line of the benchmarks. Exit codes: 0 fine, 1 failed, 2 wrong usage. */
@Command(
    name = "convoy bench",
    description = "Measures Convoy; docs/benchmarks.md says how each clock starts and ends.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "NAME",
    subcommands = {
      HeadlineCommand.class,
      FleetCommand.class,
      ScaleCommand.class,
      RegistryCommand.class,
      PropagationCommand.class,
      OrderCommand.class,
      SidecarCommand.class,
      DataPlaneCommand.class,
      AllCommand.class,
      ServerCommand.class
    })
public final class Main {
  /** The commands; {@link #main} runs them. */
  public Main() {}

  public static void main(String[] args) {
    System.exit(Commands.run(new Main(), System.getenv(), args));
  }
}
