package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private record Result(int exitCode, String err) {}

  @Test
  void wrongUsageIsOneLineAndExitCodeTwo() {
    assertThat(convoy(Map.of(), "bootstrap", "--rolle", "gateway"))
        .isEqualTo(new Result(2, "convoy bootstrap: unknown flag --rolle; did you mean --role?\n"));
    assertThat(convoy(Map.of(), "bootstrap", "--role", "edge"))
        .isEqualTo(
            new Result(
                2, "convoy bootstrap: --role: had edge, expected one of gateway, sidecar\n"));
    assertThat(convoy(Map.of(), "bootstrap", "--role=gateway", "--port=x"))
        .isEqualTo(new Result(2, "convoy bootstrap: --port: had x, expected a whole number\n"));
    assertThat(convoy(Map.of(), "bootstrap", "--role=gateway", "--port=70000"))
        .isEqualTo(
            new Result(
                2, "convoy bootstrap: --port: had 70000, expected a port from 0 to 65535\n"));
    assertThat(convoy(Map.of(), "bootstrap", "--role=sidecar"))
        .isEqualTo(new Result(2, "convoy bootstrap: --role sidecar needs --service NAME\n"));
    assertThat(convoy(Map.of(), "bootstap"))
        .isEqualTo(new Result(2, "convoy: unknown command bootstap; did you mean bootstrap?\n"));
    assertThat(convoy(Map.of(), "--zzzzzzzz"))
        .isEqualTo(new Result(2, "convoy: unknown flag --zzzzzzzz; see convoy --help\n"));
  }

  @Test
  void aWrongValueIsReportedWhereItStands() {
    assertThat(convoy(Map.of("CONVOY_PORT", "x"), "bootstrap", "--role=gateway"))
        .isEqualTo(
            new Result(2, "convoy bootstrap: CONVOY_PORT: had x, expected a whole number\n"));
  }

  @Test
  void aPortInUseIsNamedWithWhatItIsForAndWhy(@TempDir Path folder) throws IOException {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String taken = Integer.toString(other.getLocalPort());
      String words = " cannot listen on 127.0.0.1:" + taken + ": ";
      for (String what : List.of("xds", "admin")) {
        Result result =
            convoy(
                Map.of(),
                "serve",
                "--file=" + folder,
                "--xds-port=" + (what.equals("xds") ? taken : "0"),
                "--admin-port=" + (what.equals("admin") ? taken : "0"));
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
            .containsIgnoringCase("convoy serve: " + what + words)
            .contains("Address already in use");
      }
    }
  }

  private static Result convoy(Map<String, String> environment, String... args) {
    PrintStream former = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      return new Result(Main.run(environment, args), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setErr(former);
    }
  }
}
