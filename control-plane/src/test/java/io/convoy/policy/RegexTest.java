package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/[a-z]+",
        ".*\\.(jpg|jpeg|png|gif|css|js)",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "(?i)/abc/(?P<name>.*)",
        "\\Q({1000}){1000}\\E",
        "[{(\\]1000}){1000}]",
        "a{x}{y",
        "\\x{1000}\\x{10FFFF}",
        "[^]/{1000}]+",
        "\\pL{20}",
        "(a{2,}b{0,3}){4}",
      })
  void takes(String expression) {
    assertThat(compile(expression).pattern()).isEqualTo(expression);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?=a)",
        "(a)\\1",
        "(?<!a)b",
        "a++",
        "a{1001}",
        "(",
        "[",
        "((a{1000}){1000}){1000}",
        "(((((a{10}){10}){10}){10}){10}){10}",
        "(?:[]a(](b{1000}){1000})",
        "([[:alpha:](]{1000}){1000}",
        "(\\){1000}){1000}",
        "(\\Q)\\E{1000}){1000}",
        "(abc|def){101}",
        "\\pL{200}",
      })
  void refuses(String expression) {
    assertThatIllegalArgumentException().isThrownBy(() -> compile(expression));
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 100_000})
  void refusesLongOnes(int length) {
    assertThatIllegalArgumentException().isThrownBy(() -> compile("a".repeat(length)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ä", "[à-ü]", "\\x{100}", "\\x{0010FFFF}"})
  void refusesForEnvoyWhatIsNotBytes(String expression) {
    assertThat(compile(expression)).isNotNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Regex.checkForEnvoy(expression, IllegalArgumentException::new));
    Regex.checkForEnvoy("\\x{ff}\\xFF\\x{0041}", IllegalArgumentException::new);
  }

  private static com.google.re2j.Pattern compile(String expression) {
    return Regex.compile(expression, IllegalArgumentException::new);
  }
}
