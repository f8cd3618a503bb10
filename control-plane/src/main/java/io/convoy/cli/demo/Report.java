package io.convoy.cli.demo;

import java.io.Console;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Prints what the demo does: plain text, with colours on a terminal only. */
final class Report {
  /** What a step showed. */
  record Seen(boolean asExpected, String text) {}

  private final PrintStream out;
  private final boolean colours;
  private int steps;
  // Also read when the JVM ends.
  private final AtomicInteger failed = new AtomicInteger();

  Report(PrintStream out) {
    this.out = out;
    this.colours = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }

  void heading(String text) {
    line("%n%s".formatted(colours ? "\033[1m" + text + "\033[0m" : text));
  }

  /**
   * Does a step and prints its outcome. It fails when it showed anything else than expected, and
   * when a request of the traffic failed meanwhile.
   */
  void step(Traffic traffic, String title, String expected, Supplier<Seen> step) {
    int before = traffic.failures().size();
    heading(++steps + ". " + title);
    line("   expected  %s".formatted(expected));
    Seen seen;
    try {
      seen = step.get();
    } catch (IllegalStateException | java.io.UncheckedIOException e) {
      seen = new Seen(false, e.toString());
    }
    line("   seen      %s".formatted(seen.text().replace("\n", "\n             ")));
    List<String> failures = traffic.failures();
    failures.stream().skip(before).limit(3).forEach(f -> line("   failure   %s".formatted(f)));
    boolean ok = seen.asExpected() && failures.size() == before;
    if (!ok) {
      failed();
    }
    line(
        "   traffic   %,d requests by now, %,d failed%n   %s"
            .formatted(traffic.count(), failures.size(), verdict(ok)));
  }

  /** Something failed that is no step. */
  void failed() {
    failed.incrementAndGet();
  }

  boolean allAsExpected() {
    return failed.get() == 0;
  }

  /** The last line. */
  void end(Traffic traffic) {
    heading(
        allAsExpected()
            ? "All %d steps did as expected; %,d requests, none failed."
                .formatted(steps, traffic.count())
            : "%d of %d steps did otherwise than expected.".formatted(failed.get(), steps));
  }

  private String verdict(boolean ok) {
    String text = ok ? "OK" : "NOT AS EXPECTED";
    return colours ? (ok ? "\033[32m" : "\033[31m") + text + "\033[0m" : text;
  }
}
