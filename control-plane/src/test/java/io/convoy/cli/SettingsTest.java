package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

class SettingsTest {
  @TempDir private Path folder = Path.of("");

  @Command(name = "top", subcommands = Serve.class)
  static final class Top {}

  @Command(name = "serve")
  static final class Serve implements Runnable {
    @Option(names = "--config")
    @Nullable Path config;

    @Option(names = "--xds-port")
    int xdsPort = 18000;

    @Option(names = "--interval")
    Duration interval = Duration.ofMillis(20);

    @Option(names = "--peer", split = ",")
    List<String> peers = List.of();

    @Override
    public void run() {}
  }

  @Test
  void flagComesBeforeEnvironmentBeforeFile() throws IOException {
    String file = write("xds-port: 1\ninterval: 1m30s\n");
    assertThat(serve(Map.of()).xdsPort).isEqualTo(18000);
    assertThat(serve(Map.of(), "--config", file).xdsPort).isEqualTo(1);
    assertThat(serve(Map.of("CONVOY_CONFIG", file)).xdsPort).isEqualTo(1);
    assertThat(serve(Map.of("CONVOY_XDS_PORT", "2"), "--config=" + file).xdsPort).isEqualTo(2);
    assertThat(serve(Map.of("CONVOY_XDS_PORT", "2"), "--config", file, "--xds-port", "3").xdsPort)
        .isEqualTo(3);
    assertThat(serve(Map.of(), "--config", file).interval).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void aRepeatedFlagIsAListInTheFileAndCommasInTheEnvironment() throws IOException {
    String file = write("peer: [a:1, b:2]\n");
    assertThat(serve(Map.of(), "--config", file).peers).containsExactly("a:1", "b:2");
    assertThat(serve(Map.of("CONVOY_PEER", "c,d")).peers).containsExactly("c", "d");
  }

  @Test
  void anEmptyFileAndAnEmptyVariableSayNothing() throws IOException {
    String file = write("# nothing\n");
    assertThat(serve(Map.of("CONVOY_XDS_PORT", ""), "--config", file).xdsPort).isEqualTo(18000);
  }

  @Test
  void aMalformedFileIsNamedWithLineHadAndExpected() throws IOException {
    refused("interval: 1s\nxds-prot: 1\n", ":2: unknown key xds-prot; did you mean xds-port?");
    refused("quite-other: 1\n", ":1: unknown key quite-other; expected one of interval, peer,");
    refused("- a\n", ":1: had a list, expected keys and values");
    refused("\nxds-port: {a: b}\n", ":2: xds-port: had a mapping, expected a value or a list");
    refused("xds-port: 1\nxds-port: 2\n", ":2: has xds-port again, which line 1 has");
    refused("xds-port: [\n", ":2: not YAML: ");
    refused("config: other\n", ":1: unknown key config");
    assertThatThrownBy(() -> serve(Map.of(), "--config", "/no/such/file"))
        .isInstanceOf(ParameterException.class)
        .hasMessage("/no/such/file: no such file");
  }

  @Test
  void noMessageQuotesTheFilesText() throws IOException {
    String file = write("consul-token: 's3cret\nxds-port: 1\n");
    assertThatThrownBy(() -> serve(Map.of(), "--config", file)).message().doesNotContain("s3cret");
  }

  private void refused(String text, String message) throws IOException {
    String file = write(text);
    assertThatThrownBy(() -> serve(Map.of(), "--config", file))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining(file + message);
  }

  private String write(String text) throws IOException {
    return Files.writeString(folder.resolve("convoy.yaml"), text).toString();
  }

  private static Serve serve(Map<String, String> environment, String... flags) {
    String[] args = new String[flags.length + 1];
    args[0] = "serve";
    System.arraycopy(flags, 0, args, 1, flags.length);
    CommandLine top = new CommandLine(new Top());
    top.registerConverter(Duration.class, new DurationConverter());
    top.setDefaultValueProvider(Settings.read(top, environment, args));
    return top.parseArgs(args).subcommand().commandSpec().commandLine().getCommand();
  }
}
