package io.convoy.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Values of flags that are not on the command line: the environment's {@code CONVOY_SOME_FLAG},
 * else the key {@code some-flag} of the file that {@code --config} names. A flag that may be
 * repeated is a list in the file, and separated by commas in the environment.
 */
final class Settings implements IDefaultValueProvider {
  static final String CONFIG = "--config";

  private final Map<String, String> environment;
  private final Optional<ConfigFile> file;

  private Settings(Map<String, String> environment, Optional<ConfigFile> file) {
    this.environment = environment;
    this.file = file;
  }

  /**
   * Reads the config file, where the arguments or the environment name one and the command takes
   * one. Throws {@link CommandLine.ParameterException} when it is malformed or has a key that is no
   * flag of the command.
   */
  static Settings read(CommandLine convoy, Map<String, String> environment, String... args) {
    for (String arg : args) {
      CommandLine command = convoy.getSubcommands().get(arg);
      if (command != null) {
        return new Settings(environment, configFile(command, environment, List.of(args)));
      }
    }
    return new Settings(environment, Optional.empty());
  }

  private static Optional<ConfigFile> configFile(
      CommandLine command, Map<String, String> environment, List<String> args) {
    CommandSpec spec = command.getCommandSpec();
    if (spec.findOption(CONFIG) == null) {
      return Optional.empty();
    }
    String name = environment.getOrDefault(variable(CONFIG), "");
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.equals(CONFIG) && i + 1 < args.size()) {
        name = args.get(i + 1);
      } else if (arg.startsWith(CONFIG + "=")) {
        name = arg.substring(CONFIG.length() + 1);
      }
    }
    if (name.isEmpty()) {
      return Optional.empty();
    }
    List<String> keys =
        spec.options().stream()
            .filter(option -> !option.usageHelp() && !option.versionHelp())
            .map(Settings::key)
            .filter(key -> !key.equals(CONFIG.substring(2)))
            .sorted()
            .toList();
    try {
      return Optional.of(ConfigFile.read(Path.of(name), keys));
    } catch (ConfigFile.MalformedException e) {
      throw new CommandLine.ParameterException(command, e.getMessage());
    }
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String value = environment.getOrDefault(variable(option.longestName()), "");
    if (!value.isEmpty()) {
      return value;
    }
    return file.flatMap(f -> f.value(key(option))).orElse(null);
  }

  /** Where the value of a flag comes from that is not on the command line, for messages. */
  String origin(OptionSpec option) {
    String variable = variable(option.longestName());
    if (!environment.getOrDefault(variable, "").isEmpty()) {
      return variable;
    }
    return file.flatMap(f -> f.location(key(option))).orElse(option.longestName());
  }

  private static String key(OptionSpec option) {
    return option.longestName().substring(2);
  }

  private static String variable(String flag) {
    return "CONVOY_" + flag.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
