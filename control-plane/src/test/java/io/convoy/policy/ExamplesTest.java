package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.policy.DocumentParser.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples in the documentation. */
class ExamplesTest {

  @ParameterizedTest
  @MethodSource("io.convoy.policy.DocumentParser#kinds")
  void isAcceptedWithoutWarnings(String kind) throws IOException {
    Path file = Path.of("..", "docs", "examples", kind + ".yaml");
    List<Parsed> parsed = DocumentParser.parseAll(file.toString(), Files.readString(file));
    assertThat(parsed).isNotEmpty();
    for (Parsed example : parsed) {
      assertThat(example.problem()).isEmpty();
      assertThat(example.warnings()).isEmpty();
      assertThat(example.raw().id().kind()).isEqualTo(kind);
    }
  }
}
