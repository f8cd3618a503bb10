package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.DocumentParser.Parsed;
import io.convoy.registry.file.FileContents;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The documents of files that people name on the command line.
 *
 * @param services whose definitions stand in the files, too
 */
record DocumentFiles(ImmutableList<Parsed> documents, ImmutableList<Service> services) {
  private static final String STANDARD_INPUT = "-";

  /**
   * Reads and parses every document; one of an identity that an earlier one has is refused.
   *
   * @param names files, folders (their {@code .yaml}, {@code .yml} and {@code .json} files and
   *     those of their subfolders, sorted), or {@code -} for standard input
   */
  static DocumentFiles read(List<String> names) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : names) {
      if (name.equals(STANDARD_INPUT)) {
        texts.put("standard input", standardInput());
      } else {
        texts.putAll(texts(Path.of(name)));
      }
    }
    FileContents contents = FileContents.of(texts);
    if (contents.documents().isEmpty()) {
      throw new FailedException("no document in " + String.join(", ", names));
    }
    return new DocumentFiles(
        contents.documents().stream()
            .map(DocumentParser::parse)
            .collect(ImmutableList.toImmutableList()),
        contents.services());
  }

  private static Map<String, String> texts(Path path) {
    try {
      return FileContents.texts(path);
    } catch (NoSuchFileException e) {
      throw new FailedException(path + ": no such file");
    } catch (IOException e) {
      throw new FailedException(path + ": cannot be read: " + e.getMessage());
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
