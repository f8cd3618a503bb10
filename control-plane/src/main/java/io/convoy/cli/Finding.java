package io.convoy.cli;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.DocumentParser.Parsed;
import io.convoy.policy.RawDocument;
import java.util.List;

/**
 * What is wrong with one document.
 *
 * @param problem why it is refused, a line as a compiler writes it; empty when it is accepted
 * @param warnings what has no effect, lines of the same form
 * @param unresolved what it names and nothing is, lines of the same form
 */
record Finding(
    RawDocument document,
    String problem,
    ImmutableList<String> warnings,
    ImmutableList<String> unresolved) {

  /** What its text alone says. */
  static ImmutableList<Finding> of(List<Parsed> documents) {
    return documents.stream()
        .map(parsed ->
            new Finding(
                parsed.raw(), parsed.problem().orElse(""), parsed.warnings(), ImmutableList.of()))
        .collect(ImmutableList.toImmutableList());
  }

  boolean refused() {
    return !problem.isEmpty();
  }

  /** A line each: {@code FILE:LINE: FIELD: …}, after the line {@code warning: } where it is one. */
  ImmutableList<String> lines() {
    var lines = ImmutableList.<String>builder();
    warnings.forEach(line -> lines.add(warning(line)));
    unresolved.forEach(line -> lines.add(warning(line)));
    if (refused()) {
      lines.add(problem);
    }
    return lines.build();
  }

  private String warning(String line) {
    int afterPlace = line.indexOf(": ", document.location().length());
    return afterPlace < 0 || !line.startsWith(document.location())
        ? "warning: " + line
        : line.substring(0, afterPlace + 2) + "warning: " + line.substring(afterPlace + 2);
  }
}
