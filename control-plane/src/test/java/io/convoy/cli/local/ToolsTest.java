package io.convoy.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolsTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void namedComesBeforePathBeforeCache() throws IOException {
    Path named = program("mine");
    Path onPath = program("bin/envoy");
    Path cached = program("cache/convoy/envoy-1.40.0/envoy");
    String bin = folder.resolve("bin").toString();
    String cache = folder.resolve("cache").toString();

    assertThat(find(Map.of("CONVOY_ENVOY_BIN", named.toString(), "PATH", bin))).isEqualTo(named);
    assertThat(find(Map.of("PATH", "/no:" + bin, "XDG_CACHE_HOME", cache))).isEqualTo(onPath);
    assertThat(find(Map.of("PATH", "/no", "XDG_CACHE_HOME", cache))).isEqualTo(cached);
  }

  @Test
  void whatIsMissingIsSaid() throws IOException {
    Path plain = Files.writeString(folder.resolve("plain"), "");
    assertThatThrownBy(() -> find(Map.of("CONVOY_ENVOY_BIN", plain.toString())))
        .isInstanceOf(MissingToolException.class)
        .hasMessage("CONVOY_ENVOY_BIN names " + plain + ", which is not an executable file");
    assertThatThrownBy(() -> find(Map.of("HOME", folder.toString())))
        .isInstanceOf(MissingToolException.class)
        .hasMessageContaining("./convoy tools installs it");
  }

  private static Path find(Map<String, String> environment) {
    return Tools.find(Program.ENVOY, environment);
  }

  private Path program(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
