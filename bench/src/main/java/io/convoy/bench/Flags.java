package io.convoy.bench;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What values of flags must be. */
final class Flags {
  private Flags() {}

  static void positive(CommandSpec command, String flag, int value) {
    if (value < 1) {
      throw new ParameterException(
          command.commandLine(), flag + ": had " + value + ", expected at least 1");
    }
  }
}
