package io.convoy.bench.tables;

import com.google.common.collect.ImmutableList;
import com.google.common.html.HtmlEscapers;
import io.convoy.bench.measure.Report;
import java.util.List;
import java.util.Locale;

/**
 * Figures as bars, in SVG: under the name of each row a bar for each subject, as long as its median
 * beside the greatest figure of the row, with a line from the least to the greatest of the runs.
 */
final class Plot {
  private static final List<String> COLOURS = List.of("#1b6ca8", "#e08e2b", "#6a994e", "#8f5ea2");
  private static final int WIDTH = 760;
  private static final int NAMES = 140;
  private static final int BARS = 480;
  private static final int BAR = 14;
  private static final int GAP = 4;
  private static final int TITLE = 22;

  private final StringBuilder out = new StringBuilder();
  private int y = 10;

  private Plot() {}

  /**
   * Draws rows of a table.
   *
   * @throws IllegalArgumentException for a row that the table does not have
   */
  static String of(Table table, ImmutableList<String> rows) {
    var plot = new Plot();
    for (String row : rows) {
      ImmutableList<Table.Figure> figures = table.rows().get(row);
      if (figures == null) {
        throw new IllegalArgumentException(
            "a plot is to show \"%s\", the table has %s".formatted(row, table.rows().keySet()));
      }
      plot.row(row, table.subjects(), figures);
    }
    return plot.svg();
  }

  private void row(String name, List<String> subjects, List<Table.Figure> figures) {
    double most =
        figures.stream().mapToDouble(Table.Figure::max).filter(Double::isFinite).max().orElse(0);
    text(4, y + 12, "font-weight=\"bold\"", name);
    y += TITLE;
    for (int i = 0; i < figures.size(); i++) {
      bar(subjects.get(i), figures.get(i), most, COLOURS.get(i % COLOURS.size()));
      y += BAR + GAP;
    }
    y += 2 * GAP;
  }

  private void bar(String subject, Table.Figure figure, double most, String colour) {
    text(NAMES - 6, y + 11, "text-anchor=\"end\"", subject);
    if (!Double.isFinite(figure.median())) {
      text(NAMES + 4, y + 11, "", "–");
      return;
    }
    double scale = most > 0 ? BARS / most : 0;
    shape(
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        NAMES, y, figure.median() * scale, BAR, colour);
    shape(
        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#222\"/>",
        NAMES + figure.min() * scale, NAMES + figure.max() * scale, y + BAR / 2, y + BAR / 2);
    text(
        (int) (NAMES + Math.max(figure.median(), figure.max()) * scale) + 6,
        y + 11,
        "",
        Report.number(figure.median()));
  }

  private void text(int x, int at, String attributes, String words) {
    shape(
        "<text x=\"%d\" y=\"%d\" %s>%s</text>",
        x, at, attributes, HtmlEscapers.htmlEscaper().escape(words));
  }

  @com.google.errorprone.annotations.FormatMethod
  private void shape(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private String svg() {
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                + " font-family=\"sans-serif\" font-size=\"12\">%n",
            WIDTH,
            y)
        + "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        + out
        + "</svg>\n";
  }
}
