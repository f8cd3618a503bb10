package io.convoy.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.convoy.cli.local.EnvoyProcess;
import io.convoy.cli.local.Launcher;
import io.convoy.cli.local.Program;
import io.convoy.cli.local.Tools;
import io.convoy.translation.Resource;
import io.convoy.translation.StaticBootstrap;
import io.convoy.translation.Translation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Has an Envoy of this machine look at what it would be told.
 *
 * @param binary the Envoy
 */
record EnvoyCheck(Path binary) {
  private static final Pattern LOG_PREFIX =
      Pattern.compile("^(\\[[^]]*]){4} \\[[^]]*] (error initializing configuration '[^']*': )?");
  private static final int MAX_WORDS = 500;

  /** Throws {@link io.convoy.cli.local.MissingToolException} where there is none. */
  static EnvoyCheck find() {
    return new EnvoyCheck(Tools.find(Program.ENVOY));
  }

  /** Envoy's words, on one line, where it refuses resources, with the secrets that they name. */
  Optional<String> refusal(Translation translation, ImmutableList<Resource> secrets) {
    try {
      // Readable by its owner only: what is inlined may hold secrets.
      Path folder = Files.createTempDirectory("convoy-validate-");
      try {
        var validation =
            EnvoyProcess.validate(
                Launcher.processes(), folder, StaticBootstrap.of(translation, secrets));
        return validation.accepted() ? Optional.empty() : Optional.of(words(validation.output()));
      } finally {
        MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    } catch (IOException e) {
      throw new FailedException("a folder for the check by Envoy cannot be used: " + e);
    }
  }

  private static String words(String output) {
    String critical =
        output.lines().filter(line -> line.contains("[critical]")).findFirst().orElse(output);
    String words = LOG_PREFIX.matcher(critical.strip()).replaceFirst("").replaceAll("\\s+", " ");
    return words.length() <= MAX_WORDS ? words : words.substring(0, MAX_WORDS) + "...";
  }
}
