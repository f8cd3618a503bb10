package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.policy.DocumentParser;
import io.convoy.policy.DocumentParser.Parsed;
import io.convoy.policy.RawDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The documents of files that people name on the command line. */
final class DocumentFiles {
  private static final String STANDARD_INPUT = "-";

  private DocumentFiles() {}

  /**
   * Reads and parses every document; one of an identity that an earlier one has is refused.
   *
   * @param names files, folders (their {@code .yaml}, {@code .yml} and {@code .json} files,
   *     sorted), or {@code -} for standard input
   */
  static List<Parsed> parse(List<String> names) {
    List<RawDocument> documents = new ArrayList<>();
    for (String name : names) {
      if (name.equals(STANDARD_INPUT)) {
        documents.addAll(DocumentParser.split("standard input", standardInput(), 0, 0));
      } else {
        files(Path.of(name))
            .forEach(
                file -> documents.addAll(DocumentParser.split(file.toString(), text(file), 0, 0)));
      }
    }
    if (documents.isEmpty()) {
      throw new FailedException("no document in " + String.join(", ", names));
    }
    return DocumentParser.unique(documents).stream().map(DocumentParser::parse).toList();
  }

  /** Prints what is wrong, a line each; returns how many documents are refused. */
  static int report(List<Parsed> documents, PrintWriter out) {
    int refused = 0;
    for (Parsed document : documents) {
      document.warnings().forEach(warning -> out.println("warning: " + warning));
      if (document.problem().isPresent()) {
        refused++;
        out.println("error: " + document.problem().get());
      }
    }
    out.flush();
    return refused;
  }

  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> file.toString().matches(".*[.](yaml|yml|json)"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new FailedException(path + ": cannot be read: " + e.getMessage());
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new FailedException(file + ": no such file");
    } catch (IOException e) {
      throw new FailedException(file + ": cannot be read: " + e.getMessage());
    }
  }

  private static String standardInput() {
    try {
      return new String(System.in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new FailedException("standard input cannot be read: " + e.getMessage());
    }
  }
}
