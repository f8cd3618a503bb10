package io.convoy.bench.measure;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Figures of several runs of one or more subjects, as a Markdown table: for each subject the least,
 * the median and the greatest figure, and the same of the first subject's ratios to the others, of
 * the runs that belong together. Not thread-safe.
 */
public final class Report {
  private final List<String> subjects;
  private final Map<String, Map<String, List<Double>>> rows = new LinkedHashMap<>();

  /** {@code subjects}: one, or more to set the first in relation to each of the others. */
  public Report(List<String> subjects) {
    this.subjects = List.copyOf(subjects);
  }

  /** Adds the figure of one more run; {@code what} names it with its unit. */
  public void add(String what, String subject, double value) {
    rows.computeIfAbsent(what, key -> new LinkedHashMap<>())
        .computeIfAbsent(subject, key -> new ArrayList<>())
        .add(value);
  }

  public void print(PrintStream out) {
    List<String> others = subjects.subList(1, subjects.size());
    List<String> columns = new ArrayList<>(subjects);
    others.forEach(other -> columns.add(others.size() == 1 ? "ratio" : "ratio to " + other));
    out.println("| min / median / max | " + String.join(" | ", columns) + " |");
    out.println("|---|" + "--:|".repeat(columns.size()));
    rows.forEach((what, values) -> out.println(row(what, values, others)));
  }

  private String row(String what, Map<String, List<Double>> values, List<String> others) {
    StringBuilder row = new StringBuilder("| ").append(what).append(" |");
    for (String subject : subjects) {
      row.append(' ').append(text(values.getOrDefault(subject, List.of()))).append(" |");
    }
    for (String other : others) {
      row.append(' ').append(text(ratios(values, other))).append(" |");
    }
    return row.toString();
  }

  private List<Double> ratios(Map<String, List<Double>> values, String other) {
    List<Double> ones = values.getOrDefault(subjects.getFirst(), List.of());
    List<Double> others = values.getOrDefault(other, List.of());
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(ones.size(), others.size()); i++) {
      ratios.add(ones.get(i) / others.get(i));
    }
    return ratios;
  }

  private static String text(List<Double> values) {
    List<Double> finite = values.stream().filter(Double::isFinite).toList();
    if (finite.isEmpty()) {
      return "–";
    }
    Spread spread = Spread.of(finite);
    return finite.size() == 1
        ? number(spread.median())
        : number(spread.min()) + " / " + number(spread.median()) + " / " + number(spread.max());
  }

  /** A figure with as many digits as matter. */
  public static String number(double value) {
    double size = Math.abs(value);
    int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}
