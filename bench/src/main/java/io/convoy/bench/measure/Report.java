package io.convoy.bench.measure;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Figures of several runs of one or two subjects, as a Markdown table: for each subject the least,
 * the median and the greatest figure, and the same of the ratios of the runs that belong together.
 * Not thread-safe.
 */
public final class Report {
  private final List<String> subjects;
  private final Map<String, Map<String, List<Double>>> rows = new LinkedHashMap<>();

  /** {@code subjects}: one, or two to set in relation, the first to the second. */
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
    boolean ratios = subjects.size() == 2;
    out.println(
        "| min / median / max | " + String.join(" | ", subjects) + (ratios ? " | ratio |" : " |"));
    out.println("|---|" + "--:|".repeat(subjects.size() + (ratios ? 1 : 0)));
    rows.forEach((what, values) -> out.println(row(what, values, ratios)));
  }

  private String row(String what, Map<String, List<Double>> values, boolean ratios) {
    StringBuilder row = new StringBuilder("| ").append(what).append(" |");
    for (String subject : subjects) {
      row.append(' ').append(text(values.getOrDefault(subject, List.of()))).append(" |");
    }
    if (ratios) {
      row.append(' ').append(text(ratios(values))).append(" |");
    }
    return row.toString();
  }

  private List<Double> ratios(Map<String, List<Double>> values) {
    List<Double> ones = values.getOrDefault(subjects.get(0), List.of());
    List<Double> others = values.getOrDefault(subjects.get(1), List.of());
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
