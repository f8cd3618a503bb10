package io.convoy.bench.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class PlotTest {
  private static final String OUTPUT =
      """
      | what | |
      |---|--:|
      | first | 1 |

      10 documents

      | min / median / max | convoy | go & co | ratio |
      |---|--:|--:|--:|
      | CPU, s | 1,000 / 2,000 / 4,000 | 0.500 | 2.00 |
      | none | – | 3 / 4 / 5 | – |
      """;

  @Test
  void theLastTableIsReadWithoutItsRatios() {
    Table table = Table.last(OUTPUT).orElseThrow();
    assertThat(table.subjects()).containsExactly("convoy", "go & co");
    assertThat(table.rows().get("CPU, s"))
        .containsExactly(new Table.Figure(1000, 2000, 4000), new Table.Figure(0.5, 0.5, 0.5));
    assertThat(table.rows().get("none"))
        .element(0)
        .extracting(Table.Figure::median)
        .isEqualTo(Double.NaN);
    assertThat(Table.last("no table")).isEmpty();
  }

  @Test
  void aBarIsAsLongAsItsMedianBesideTheGreatestFigure() throws Exception {
    String svg = Plot.of(Table.last(OUTPUT).orElseThrow(), ImmutableList.of("CPU, s", "none"));
    var bars =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)))
            .getElementsByTagName("rect");
    // The background, two bars, and one where the other subject has no figure.
    assertThat(bars.getLength()).isEqualTo(4);
    assertThat(width(bars.item(1))).isEqualTo(240);
    assertThat(width(bars.item(2))).isLessThan(1);
    assertThat(width(bars.item(3))).isEqualTo(384);
    assertThat(svg).contains("go &amp; co").contains("2,000").doesNotContain("NaN");
  }

  private static double width(org.w3c.dom.Node bar) {
    return Double.parseDouble(bar.getAttributes().getNamedItem("width").getNodeValue());
  }

  @Test
  void aRowThatIsNotThereIsSaid() {
    Table table = Table.last(OUTPUT).orElseThrow();
    assertThatThrownBy(() -> Plot.of(table, ImmutableList.of("RSS")))
        .hasMessageContaining("\"RSS\"")
        .hasMessageContaining("CPU, s");
  }
}
