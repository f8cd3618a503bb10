package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code validate} says of documents, without an Envoy. */
class ValidateCommandTest {
  private static final String GOOD =
      """
      Kind: http-route
      Name: shop
      Rules:
      - Services: [{Name: user}]
      """;

  @TempDir private Path folder = Path.of("");

  @Test
  void aRefusedDocumentIsNamedWithFileLineAndField() {
    String file =
        write(
            "docs.yaml",
            GOOD
                + """
                ---
                Kind: http-route
                Name: broken
                Rules:
                - Matches: 7
                """);
    Cli.Result result = validate(file);
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).startsWith(file + ":9: Rules[0].Matches: had 7, expected a list\n");
    assertThat(result.out()).isEqualTo("1 valid, 1 refused\n");
  }

  @Test
  void whatNothingIsIsAWarningAtItsLine() {
    String file =
        write(
            "docs.yaml",
            """
            Kind: http-route
            Name: edge
            Rules:
            - Services: [{Name: user}]
            Parents:
            - Name: edge
            """);
    Cli.Result result = validate(file);
    assertThat(result.exitCode()).isZero();
    assertThat(result.err())
        .startsWith(file + ":6: warning: no api-gateway has the name \"edge\"\n");
    assertThat(validate("--strict", file).exitCode()).isEqualTo(1);
  }

  @Test
  void servicesAreTakenToExist() {
    assertThat(validate("--strict", write("docs.yaml", GOOD)).exitCode()).isZero();
  }

  /** One mistake, one line: what is refused is not missed by the others as well. */
  @Test
  void whatIsRefusedIsNotMissed() {
    String file =
        write(
            "docs.yaml",
            GOOD
                + """
                Parents: [{Name: edge}]
                ---
                Kind: api-gateway
                Name: edge
                Listeners: 7
                """);
    assertThat(validate(file).err().lines())
        .filteredOn(line -> line.contains("edge") || line.contains("warning"))
        .isEmpty();
  }

  /** What an intention becomes, its service's sidecar is told. */
  @Test
  void theSidecarsOfIntentionsAreLookedAt() {
    String file =
        write(
            "docs.yaml",
            """
            Kind: service-defaults
            Name: db
            Protocol: tcp
            ---
            Kind: service-intentions
            Name: db
            Sources: [{Name: web, Permissions: [{Action: allow, HTTP: {PathPrefix: /}}]}]
            """);
    assertThat(validate(file).err())
        .startsWith(
            file + ":4: warning: service \"db\" speaks tcp, which has no requests: it takes no")
        .doesNotContain("mutual TLS is off");
  }

  @Test
  void aFolderIsReadAsServeReadsIt() throws IOException {
    Files.createDirectories(folder.resolve("sub"));
    write("sub/route.yaml", GOOD);
    write("services.json", "{\"service\": {\"name\": \"user\", \"port\": 8080}}");
    write(".hidden.yaml", "Kind: nothing\n");
    write("notes.txt", "Kind: nothing\n");
    assertThat(validate("--strict", folder.toString()).out()).isEqualTo("1 valid\n");
  }

  @Test
  void standardInputIsRead() {
    Cli.Result result =
        Cli.run(Map.of(), "Kind: http-route\nName: x\nRulez: []\n", "validate", "--no-envoy", "-");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).startsWith("standard input:3: Rulez: had an unknown field");
  }

  @Test
  void programsGetJson() {
    String file = write("docs.yaml", GOOD + "---\nKind: http-rote\nName: x\n");
    Cli.Result result = validate("--output", "json", file);
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("\"valid\" : 1", "\"refused\" : 1", "\"asked\" : false", "did you mean");
  }

  @Test
  void anEnvoyThatIsNotThereIsSkippedAloud() {
    String file = write("docs.yaml", GOOD);
    assertThat(validate(file).err()).isEqualTo("no Envoy was asked: --no-envoy\n");
  }

  @Test
  void wrongUsageIsExitCodeTwo() {
    assertThat(Cli.run("validate").exitCode()).isEqualTo(2);
    assertThat(Cli.run("validate", "--output", "xml", "f").exitCode()).isEqualTo(2);
  }

  @Test
  void aFileThatCannotBeReadFails() throws IOException {
    Cli.Result missing = validate(folder.resolve("none.yaml").toString());
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err()).contains("none.yaml: no such file");
    Path binary = folder.resolve("binary.yaml");
    Files.write(binary, "Kind: http-route\nName: \377".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(validate(binary.toString()).err()).contains(":2: had bytes that are not UTF-8");
  }

  private static Cli.Result validate(String... args) {
    String[] all = new String[args.length + 2];
    all[0] = "validate";
    all[1] = "--no-envoy";
    System.arraycopy(args, 0, all, 2, args.length);
    return Cli.run(all);
  }

  private String write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
