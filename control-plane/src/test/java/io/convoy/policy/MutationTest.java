package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.RawDocument.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Good documents, spoilt at random: each is accepted or refused with a line of its own, whatever it
 * holds. A document that hangs the parser fails; how long a parse takes does not.
 */
class MutationTest {
  private static final int HANGS_AFTER_SECONDS = 60;

  private static final ImmutableList<String> GOOD =
      DocumentParser.kinds().stream()
          .map(kind -> read(Path.of("..", "docs", "examples", kind + ".yaml")))
          .collect(ImmutableList.toImmutableList());

  /** What somebody might put where it does not belong. */
  private static final ImmutableList<String> HOSTILE =
      ImmutableList.of(
          "[".repeat(3000),
          "{a: ".repeat(3000),
          "- ".repeat(3000),
          "? ".repeat(3000),
          "\n---\n",
          "&a [*a]",
          "*nobody",
          "!!java.util.Date x",
          "<<: *a",
          "\uFFFD",
          "\ud800",
          "\u0000",
          "\"\\ud800\"",
          "~",
          "null",
          "[]",
          "{}",
          "true",
          "-0",
          "1e999999999",
          "99999999999999999999999999999999999999",
          "9".repeat(200_000),
          "\"" + "x".repeat(200_000) + "\"",
          "\"%(((((\"",
          "'" + "(a*)*".repeat(100) + "'",
          "'" + "((a{1000}){1000}){1000}" + "'",
          "'" + "(".repeat(900) + "'",
          "'" + "(?:".repeat(300) + "a" + "){9}".repeat(300) + "'",
          "'[[:alpha:]-[^]]{1000}\\Q(\\E{1000}'",
          "not ".repeat(1000),
          "Kind: http-route\nName: x\n",
          "'*'",
          "-1s",
          "%REQ(a?b?c)%",
          "|\n  x",
          ">-\n");

  @Property(tries = 1000)
  void isAcceptedOrRefused(@ForAll("mutated") String text) throws Exception {
    for (RawDocument part : bounded(() -> DocumentParser.split("f.yaml", text, 1, 1))) {
      check(part);
      for (Source source : Source.values()) {
        check(new RawDocument(source, "place", part.id(), part.text(), 1, 1));
      }
    }
    check(new RawDocument(Source.KV, "key", new DocumentId("http-route", "x"), text, 1, 1));
  }

  private static void check(RawDocument raw) throws Exception {
    DocumentParser.Parsed parsed = bounded(() -> DocumentParser.parse(raw));
    assertThat(parsed.document().isPresent()).isNotEqualTo(parsed.problem().isPresent());
    parsed
        .problem()
        .ifPresent(problem -> {
          assertThat(problem).startsWith(raw.location() + ":").doesNotContain("\n", "\r");
          assertThat(problem.length()).isLessThan(1500);
        });
  }

  private static <T> T bounded(java.util.function.Supplier<T> call)
      throws ExecutionException, InterruptedException {
    try {
      return CompletableFuture.supplyAsync(call).get(HANGS_AFTER_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("hangs", e);
    }
  }

  @Provide
  Arbitrary<String> mutated() {
    return Arbitraries.of(GOOD)
        .flatMap(good ->
            Arbitraries.longs()
                .flatMap(seed ->
                    Arbitraries.integers()
                        .between(1, 6)
                        .map(times -> mutate(good, new Random(seed), times))));
  }

  private static String mutate(String good, Random random, int times) {
    String text = good;
    for (int i = 0; i < times; i++) {
      text =
          switch (random.nextInt(7)) {
            case 0 -> cut(text, random);
            case 1 -> insert(text, random, HOSTILE.get(random.nextInt(HOSTILE.size())));
            case 2 -> replaceWord(text, random);
            case 3 -> bytes(text, random);
            case 4 -> repeatLine(text, random);
            case 5 -> insert(text, random, String.valueOf((char) random.nextInt(0x3000)));
            default -> reindent(text, random);
          };
    }
    return text;
  }

  private static String cut(String text, Random random) {
    int from = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), from + random.nextInt(20));
    return text.substring(0, from) + text.substring(to);
  }

  private static String insert(String text, Random random, String more) {
    int at = random.nextInt(text.length() + 1);
    return text.substring(0, at) + more + text.substring(at);
  }

  /** Puts something else where a value stands. */
  private static String replaceWord(String text, Random random) {
    int colon = text.indexOf(": ", random.nextInt(text.length() + 1));
    if (colon < 0) {
      return text;
    }
    int end = colon + 2;
    while (end < text.length() && "\n,}]".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    String other = HOSTILE.get(random.nextInt(HOSTILE.size()));
    return text.substring(0, colon + 2) + other + text.substring(end);
  }

  /** Flips bytes of the text, as a broken writer would, and reads it as a registry does. */
  private static String bytes(String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 3 && bytes.length > 0; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String repeatLine(String text, Random random) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty()) {
      return text;
    }
    String line = lines.get(random.nextInt(lines.size()));
    return text + "\n" + (line + "\n").repeat(1 + random.nextInt(50));
  }

  private static String reindent(String text, Random random) {
    int newline = text.indexOf('\n', random.nextInt(text.length() + 1));
    return newline < 0
        ? text
        : text.substring(0, newline + 1)
            + " ".repeat(1 + random.nextInt(4))
            + text.substring(newline + 1);
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
