package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing that Convoy knows goes without an example, a page, golden files and a real Envoy. */
class EveryKindTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Path EXAMPLES_ON_ENVOY =
      Path.of("src/test/java/io/convoy/e2e/ExamplesIT.java");

  /** By the types: a kind that has none is no kind. */
  static Stream<String> kinds() {
    return Stream.of(Document.class.getPermittedSubclasses())
        .map(type -> type.getSimpleName().replaceAll("(?<=.)([A-Z])", "-$1"))
        .map(name -> name.toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void isKnownAndShown(String kind) throws IOException {
    assertThat(DocumentParser.kinds()).contains(kind);
    assertThat(Path.of("..", "docs", "examples", kind + ".yaml")).exists();
    assertThat(Path.of("..", "docs", "documents", kind + ".md")).exists();
    assertThat(goldenInputs().filter(in -> in.contains("Kind: " + kind + "\n")))
        .as("golden cases with a %s", kind)
        .isNotEmpty();
    assertThat(Files.readString(EXAMPLES_ON_ENVOY))
        .as("every kind's example is shown to a real Envoy")
        .contains("@MethodSource(\"io.convoy.policy.DocumentParser#kinds\")");
  }

  private static Stream<String> goldenInputs() throws IOException {
    try (Stream<Path> cases = Files.list(GOLDEN)) {
      return cases.map(folder -> read(folder.resolve("in.yaml"))).toList().stream();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
