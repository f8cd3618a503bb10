package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlReaderTest {

  private static Value member(String text, String key) throws Exception {
    var mapping = (Value.Mapping) TextReader.read(text);
    return mapping.members().stream()
        .filter(member -> member.key().equals(key))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void anAliasStandsForWhatItsAnchorIs() throws Exception {
    String text =
        """
        a: &a {x: [1, &one two]}
        b: *a
        c: [*one, *a]
        *one : three
        """;
    assertThat(member(text, "b")).isEqualTo(member(text, "a"));
    var c = (Value.Sequence) member(text, "c");
    assertThat(c.items()).hasSize(2);
    assertThat(c.items().get(1)).isEqualTo(member(text, "a"));
    assertThat(((Value.Scalar) member(text, "two")).text()).isEqualTo("three");
  }

  @Test
  void anAnchorThatIsGivenAgainStandsForTheLast() throws Exception {
    String text = "a: &x 1\nb: *x\nc: &x 2\nd: *x\n";
    assertThat(((Value.Scalar) member(text, "b")).text()).isEqualTo("1");
    assertThat(((Value.Scalar) member(text, "d")).text()).isEqualTo("2");
  }

  /** YAML 1.1 by its tags, as SnakeYAML has them, of which Convoy takes the plainest forms only. */
  @ParameterizedTest
  @CsvSource({
    "text, STRING",
    "yes, STRING",
    "true, BOOLEAN",
    "FALSE, BOOLEAN",
    "~, NULL",
    "Null, NULL",
    "08, STRING",
    "0x1f, STRING",
    "1_000, STRING",
    "190:20:30, STRING",
    "2024-01-01, STRING",
    "42, INTEGER",
    "-1, INTEGER",
    "+1, INTEGER",
    "1.5, DECIMAL",
    ".5, DECIMAL",
    "-1.5e-3, DECIMAL",
    ".inf, STRING",
    "=, STRING",
    "! 5, INTEGER",
    "!!str 5, STRING",
    "!!int 5, INTEGER",
    "!!int \"5\", STRING",
  })
  void aPlainScalarIsWhatItLooksLike(String scalar, Value.ScalarType type) throws Exception {
    assertThat(((Value.Scalar) member("a: " + scalar, "a")).type()).isEqualTo(type);
  }
}
