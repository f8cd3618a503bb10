package io.convoy.bench.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BlockTest {
  private static final String PAGE =
      """
      Before, with the words <!-- bench … -->.

      <!-- bench fleet --runs 2
           quick --runs 1
           plot fleet: cold: CPU, s; change: p50, ms -->

      Old.

      <!-- /bench -->

      Between.

      <!-- bench order -->
      <!-- /bench -->

      After.
      """;

  @Test
  void aBlockSaysWhatIsRunAndPlotted() {
    List<Block> blocks = Block.of(PAGE);
    assertThat(blocks).hasSize(2);
    Block fleet = blocks.getFirst();
    assertThat(fleet.command(false)).containsExactly("fleet", "--runs", "2");
    assertThat(fleet.command(true)).containsExactly("fleet", "--runs", "1");
    assertThat(fleet.plot().map(Block.PlotWish::name)).contains("fleet");
    assertThat(fleet.plot().map(Block.PlotWish::rows))
        .contains(com.google.common.collect.ImmutableList.of("cold: CPU, s", "change: p50, ms"));
    assertThat(blocks.getLast().command(true)).containsExactly("order");
    assertThat(blocks.getLast().plot()).isEqualTo(Optional.empty());
  }

  @Test
  void whatIsOutsideStaysAsItIs() {
    String page = PAGE;
    for (Block block : Block.of(PAGE)) {
      assertThat(block.isUniqueIn(page)).isTrue();
      page = block.replace(page, "New $1.");
    }
    assertThat(page)
        .isEqualTo(
            PAGE.replace("Old.", "New $1.").replace("order -->\n", "order -->\n\nNew $1.\n\n"));
    assertThat(Block.of(page)).isEqualTo(Block.of(PAGE));
  }

  @Test
  void theSameTwiceCannotBeReplaced() {
    assertThat(Block.of(PAGE).getLast().isUniqueIn(PAGE + "\n<!-- bench order -->\n")).isFalse();
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> Block.of(PAGE.replace("quick --runs", "quickly --runs")))
        .hasMessageContaining("quickly --runs 1");
    assertThatThrownBy(
            () -> Block.of(PAGE.replace("plot fleet: cold: CPU, s; change: p50, ms", "plot fleet")))
        .hasMessageContaining("its name, a colon and rows");
    assertThatThrownBy(() -> Block.of(PAGE.replaceFirst("<!-- /bench -->", "")))
        .hasMessageContaining("fleet --runs 2")
        .hasMessageContaining("has no end");
  }
}
