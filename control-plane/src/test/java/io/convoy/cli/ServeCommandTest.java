package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code serve} refuses to start with: one line, and no token in it. */
class ServeCommandTest {
  private record Result(int exitCode, String err) {}

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --xds-port=70000 | --xds-port: had 70000, expected a port from 0 to 65535
          --admin-port=-1 | --admin-port: had -1, expected a port from 0 to 65535
          --mass-disappearance-share=1.5 | --mass-disappearance-share: had 1.5, expected 0 to 1
          --mass-disappearance-share=NaN | --mass-disappearance-share: had NaN, expected 0 to 1
          --publish-interval=soon | --publish-interval: had soon, expected a duration
          --publish-interval=-1s | --publish-interval: had -1s, expected a duration
          --mass-disappearance-hold=999999999999h | --mass-disappearance-hold: had 999999999999h
          --bind=no.such.host.invalid | --bind: had no.such.host.invalid
          --file=/no/such/folder | --file: had /no/such/folder, expected a folder
          --xds-cert=c.pem | --xds-cert and --xds-key go together
          --xds-ca=c.pem | --xds-cert and --xds-key go together
          --bind=0.0.0.0 | --bind 0.0.0.0: xDS beyond loopback needs --xds-cert, --xds-key and --xds-ca, or
          --bind=0.0.0.0 --xds-without-identity | --bind 0.0.0.0: the admin endpoint beyond loopback needs
          --admin-bind=0.0.0.0 | --admin-bind 0.0.0.0: the admin endpoint beyond loopback needs
          --admin-bind=no.such.host.invalid | --admin-bind: had no.such.host.invalid
          --xds-any-identity=a | --xds-any-identity needs --xds-ca
          --admin-ca=c.pem | --admin-cert and --admin-key go together, and --admin-ca needs them
          --consul=:// | --consul
          --consul-consistency=odd | --consul-consistency: had odd
          --config=/no/such/file | /no/such/file
          --xds-prt=1 | unknown flag --xds-prt
          """)
  void aWrongValueIsWrongUsage(String flag, String message) {
    Result result = serve(Map.of(), flag.split(" "));
    assertThat(result.err()).contains(message).hasLineCount(1);
    assertThat(result.exitCode()).isEqualTo(2);
  }

  @Test
  void aFlagComesBeforeTheEnvironmentBeforeTheFile() throws IOException {
    String file =
        Files.writeString(folder.resolve("convoy.yaml"), "admin-port: 70001\n").toString();
    assertThat(serve(Map.of(), "--config", file).err()).contains("had 70001");
    var environment = Map.of("CONVOY_ADMIN_PORT", "70002");
    assertThat(serve(environment, "--config", file).err()).contains("had 70002");
    assertThat(serve(environment, "--config", file, "--admin-port=70003").err())
        .contains("had 70003");
  }

  @Test
  void aTokenIsNotRepeated() {
    Result result =
        serve(Map.of("CONVOY_CONSUL_TOKEN", "s3cret"), "--consul-token-file", "token.txt");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("--consul-token and --consul-token-file exclude each other")
        .doesNotContain("s3cret");
  }

  @Test
  void aPortInUseIsAFailureThatSaysWhatToDo() throws IOException {
    try (var occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(occupied.getLocalPort());
      for (List<String> ports :
          List.of(
              List.of("--xds-port", port, "--admin-port", "0"),
              List.of("--xds-port", "0", "--admin-port", port))) {
        List<String> args = new ArrayList<>(List.of("--file", folder.toString()));
        args.addAll(ports);
        Result result = serve(Map.of(), args.toArray(String[]::new));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains(port, "choose another port").hasLineCount(1);
      }
    }
  }

  private static Result serve(Map<String, String> environment, String... flags) {
    List<String> args = new ArrayList<>(List.of("serve"));
    args.addAll(List.of(flags));
    PrintStream former = System.err;
    var err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      return new Result(
          Main.run(environment, args.toArray(String[]::new)), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(former);
    }
  }
}
