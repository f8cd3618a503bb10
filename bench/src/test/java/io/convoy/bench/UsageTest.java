package io.convoy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.convoy.cli.Commands;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before anything starts. */
class UsageTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "fleet --refuse 101",
        "fleet --refuse 10 --services 1",
        "headline --vs envoy",
        "headline --vs go-control-plane --envoys 1",
        "headline --vs go-control-plane --runs 0",
        "headline --streams 0",
        "headline --envoys 3",
        "dataplane --vs nginx",
        "dataplane --vs gin --rounds 0",
        "propagation --vs java-control-plane",
        "propagation --vs consul --follow 0",
        "propagation --vs consul --changes 0",
      })
  void isWrong(String line) {
    String[] words = Splitter.on(' ').splitToList(line).toArray(String[]::new);
    assertThat(Commands.run(new Main(), Map.of(), words)).isEqualTo(2);
  }
}
