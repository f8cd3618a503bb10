package io.convoy.bench.tables;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Markdown table of figures.
 *
 * @param subjects the columns, without those of ratios
 * @param rows by their names, a figure for each subject
 */
record Table(ImmutableList<String> subjects, ImmutableMap<String, ImmutableList<Figure>> rows) {
  private static final String RATIO = "ratio";

  /** The least, the median and the greatest; NaN for no figure. */
  record Figure(double min, double median, double max) {
    static Figure of(String cell) {
      List<Double> values =
          Splitter.on('/').trimResults().splitToStream(cell).map(Figure::number).toList();
      return new Figure(values.getFirst(), values.get(values.size() / 2), values.getLast());
    }

    private static double number(String text) {
      try {
        return Double.parseDouble(text.replace(",", ""));
      } catch (NumberFormatException e) {
        return Double.NaN;
      }
    }
  }

  /** The last one in a text. */
  static Optional<Table> last(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("|") && line.contains("--")) {
        lines.subList(0, Math.max(0, lines.size() - 1)).clear();
      }
      if (line.startsWith("|")) {
        lines.add(line);
      }
    }
    return lines.size() < 3 ? Optional.empty() : Optional.of(of(lines));
  }

  private static Table of(List<String> lines) {
    List<String> head = cells(lines.getFirst());
    ImmutableList<String> subjects =
        head.stream()
            .skip(1)
            .filter(column -> !column.startsWith(RATIO))
            .collect(ImmutableList.toImmutableList());
    var rows = ImmutableMap.<String, ImmutableList<Figure>>builder();
    for (String line : lines.subList(2, lines.size())) {
      List<String> cells = cells(line);
      rows.put(
          cells.getFirst(),
          cells.stream()
              .skip(1)
              .limit(subjects.size())
              .map(Figure::of)
              .collect(ImmutableList.toImmutableList()));
    }
    return new Table(subjects, rows.buildKeepingLast());
  }

  private static List<String> cells(String line) {
    List<String> cells = Splitter.on('|').trimResults().splitToList(line);
    return cells.subList(1, cells.size() - 1);
  }
}
