package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code docs/documents} is what the comments in {@code proto/} say: {@value #UPDATE} writes it
 * anew.
 */
class DocumentReferenceTest {
  private static final String UPDATE =
      "mvn -B -ntp verify -Dtest=DocumentReferenceTest -Dit.test=None -Dgolden.update=true"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false";
  private static final Path DOCS = Path.of("..", "docs");

  private static final String OVERVIEW =
      """
      # Documents

      What Convoy is told to do. A document is YAML or JSON and the same wherever it comes from: a key `convoy/KIND/NAME` in Consul's KV, a
      config entry of Consul's, or a file of `serve --file DIR` (several in one file are separated by lines of `---`). `./convoy validate` says
      what is wrong with one, `./convoy apply` writes it to KV.

      - Names of fields are Consul's (`PathPrefix`) or in snake case (`path_prefix`). `Kind` and `Name` may be left out in KV, whose key says both.
      - A field that Convoy does not know is an error in KV and in files, and a warning in a config entry.
      - A duration is a string in Go's notation, such as `500ms` or `1m30s`, or whole nanoseconds.
      - Of a name in several places KV counts before files, and files before config entries.
      - A document that is refused leaves its last good version in force.

      | kind | also a config entry | what it describes |
      | --- | --- | --- |
      """;

  @ParameterizedTest
  @MethodSource("io.convoy.policy.DocumentParser#kinds")
  void everyKindHasItsPage(String kind) throws IOException {
    String example = Files.readString(DOCS.resolve("examples").resolve(kind + ".yaml"));
    check(kind + ".md", DocumentReference.read().page(kind, example));
  }

  @Test
  void theOverviewNamesEveryKind() throws IOException {
    check("README.md", OVERVIEW + DocumentReference.read().overview());
  }

  @Test
  void thereIsNoPageOfAnythingElse() throws IOException {
    try (Stream<Path> pages = Files.list(DOCS.resolve("documents"))) {
      List<String> expected =
          Stream.concat(
                  Stream.of("README.md"), DocumentParser.kinds().stream().map(kind -> kind + ".md"))
              .toList();
      assertThat(pages.map(page -> page.getFileName().toString())).isSubsetOf(expected);
    }
  }

  private static void check(String page, String text) throws IOException {
    Path file = DOCS.resolve("documents").resolve(page);
    String whole = "<!-- Made of the comments in proto/: do not edit. -->\n\n" + text;
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(DOCS.resolve("documents"));
      Files.writeString(file, whole);
    }
    assertThat(Files.exists(file) ? Files.readString(file) : "")
        .as("%s; %s writes it anew", page, UPDATE)
        .isEqualTo(whole);
  }
}
