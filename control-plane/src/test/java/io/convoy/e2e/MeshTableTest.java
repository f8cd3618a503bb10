package io.convoy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/compared-with-consul.md} is what the cases say: {@value #UPDATE} writes it anew. */
class MeshTableTest {
  private static final String UPDATE =
      "mvn -B -ntp verify -Dtest=MeshTableTest -Dit.test=None -Dgolden.update=true"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false";
  private static final Path PAGE = Path.of("..", "docs", "compared-with-consul.md");

  @Test
  void thePageIsWhatTheCasesSay() throws IOException {
    String text = MeshTable.of(MeshCases.read());
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, text);
    }
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("%s; %s writes it anew", PAGE, UPDATE)
        .isEqualTo(text);
  }

  @Test
  void aDifferenceIsExplained() {
    assertThat(MeshCases.parse("groups: [{cases: [{case: a, answer: x}]}]").groups()).hasSize(1);
    assertThatThrownBy(
            () -> MeshCases.parse("groups: [{cases: [{case: a, consul: x, convoy: y}]}]"))
        .hasMessageContaining("expected case and either answer or consul, convoy and why");
    assertThatThrownBy(
            () -> MeshCases.parse("groups: [{cases: [{case: a, consul: x, convoy: x, why: z}]}]"))
        .hasMessageContaining("with the same answer");
  }
}
