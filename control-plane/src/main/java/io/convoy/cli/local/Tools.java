package io.convoy.cli.local;

import com.google.common.base.Splitter;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Finds the binaries of Envoy and Consul: the one that {@code CONVOY_ENVOY_BIN} or {@code
 * CONVOY_CONSUL_BIN} names, else the first on the PATH, else the one that {@code ./convoy tools}
 * has installed. The same order as in {@code deploy/tools/install}.
 */
public final class Tools {
  private Tools() {}

  /** The binary's path. Throws {@link MissingToolException} where there is none. */
  public static Path find(Program program) {
    return find(program, System.getenv());
  }

  static Path find(Program program, Map<String, String> environment) {
    String named = environment.getOrDefault(program.variable(), "");
    if (!named.isEmpty()) {
      Path binary = Path.of(named);
      if (!isProgram(binary)) {
        throw new MissingToolException(
            program.variable() + " names " + named + ", which is not an executable file");
      }
      return binary.toAbsolutePath();
    }
    String path = environment.getOrDefault("PATH", "");
    for (String folder : Splitter.on(File.pathSeparator).omitEmptyStrings().split(path)) {
      Path found = Path.of(folder, program.command());
      if (isProgram(found)) {
        return found.toAbsolutePath();
      }
    }
    Path cached = installed(program, environment);
    if (!isProgram(cached)) {
      throw new MissingToolException(
          "no %s: not in %s, not on the PATH, not at %s; ./convoy tools installs it"
              .formatted(program.command(), program.variable(), cached));
    }
    return cached;
  }

  private static Path installed(Program program, Map<String, String> environment) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    if (cache.isEmpty()) {
      cache = environment.getOrDefault("HOME", "") + "/.cache";
    }
    return Path.of(cache, "convoy", program.command() + "-" + program.version(), program.command());
  }

  private static boolean isProgram(Path path) {
    return Files.isRegularFile(path) && Files.isExecutable(path);
  }
}
