package io.convoy.bench.tables;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A part of a Markdown page that a benchmark prints. It begins with a comment that says which one,
 * and ends with {@code <!-- /bench -->}; what is between them is replaced:
 *
 * <pre>{@code
 * <!-- bench fleet --runs 2
 *      quick --runs 1 --streams 10
 *      plot fleet: cold: CPU of the server, s; change: CPU of the server, ms -->
 * }</pre>
 *
 * @param head the comment, as it is
 * @param command the benchmark and its flags
 * @param quick its flags where only the way of doing it matters; empty where there are none
 * @param plot what is plotted of the last table
 */
record Block(
    String head,
    ImmutableList<String> command,
    ImmutableList<String> quick,
    Optional<PlotWish> plot) {
  private static final String END = "<!-- /bench -->";
  private static final Pattern HEAD =
      Pattern.compile("^<!-- bench (.*?)-->\n", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();

  /** {@code name}: of the file, without its extension; {@code rows}: of the table. */
  record PlotWish(String name, ImmutableList<String> rows) {}

  /**
   * All of a page, in order. Throws {@link IllegalArgumentException} for one that says nonsense.
   */
  static ImmutableList<Block> of(String page) {
    List<MatchResult> heads = HEAD.matcher(page).results().toList();
    for (int i = 0; i < heads.size(); i++) {
      int next = i + 1 < heads.size() ? heads.get(i + 1).start() : page.length();
      int end = page.indexOf(END, heads.get(i).end());
      if (end < 0 || end > next) {
        throw new IllegalArgumentException(
            "the block of \"%s\" has no end, expected %s"
                .formatted(heads.get(i).group(1).strip(), END));
      }
    }
    return heads.stream().map(Block::of).collect(ImmutableList.toImmutableList());
  }

  private static Block of(MatchResult found) {
    ImmutableList<String> command = ImmutableList.of();
    ImmutableList<String> quick = ImmutableList.of();
    Optional<PlotWish> plot = Optional.empty();
    for (String line : ("bench " + found.group(1)).lines().map(String::strip).toList()) {
      int space = line.indexOf(' ');
      String key = space < 0 ? line : line.substring(0, space);
      String rest = line.substring(key.length()).strip();
      switch (key) {
        case "bench" -> command = ImmutableList.copyOf(WORDS.split(rest));
        case "quick" -> quick = ImmutableList.copyOf(WORDS.split(rest));
        case "plot" -> plot = Optional.of(plot(rest));
        case "" -> {}
        default ->
            throw new IllegalArgumentException(
                "a block of %s has a line \"%s\", expected bench, quick or plot"
                    .formatted(command, line));
      }
    }
    return new Block(found.group(), command, quick, plot);
  }

  private static PlotWish plot(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException(
          "a plot is \"%s\", expected its name, a colon and rows".formatted(text));
    }
    return new PlotWish(
        text.substring(0, colon),
        ImmutableList.copyOf(
            Splitter.on(';').trimResults().omitEmptyStrings().split(text.substring(colon + 1))));
  }

  /** The benchmark's name and flags. */
  ImmutableList<String> command(boolean quickly) {
    return quickly && !quick.isEmpty()
        ? ImmutableList.<String>builder().add(command.getFirst()).addAll(quick).build()
        : command;
  }

  /** The page with another content in this block. */
  String replace(String page, String content) {
    int start = page.indexOf(head) + head.length();
    int end = page.indexOf(END, start);
    return page.substring(0, start) + "\n" + content.strip() + "\n\n" + page.substring(end);
  }

  /** Whether a page has this block once only, so that it can be replaced. */
  boolean isUniqueIn(String page) {
    return Pattern.compile(head, Pattern.LITERAL).matcher(page).results().count() == 1;
  }
}
