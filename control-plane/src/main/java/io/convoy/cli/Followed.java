package io.convoy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was read from files, and is read again when one of them is another. While they cannot be
 * used (one of two is written already), the former holds. Thread-safe.
 */
final class Followed<T> {
  private static final Logger log = LoggerFactory.getLogger(Followed.class);

  interface Reader<T> {
    T read() throws IOException, GeneralSecurityException;
  }

  private final List<Path> files;
  private final Reader<T> reader;
  private List<String> marks;
  private T value;

  /** Reads. Throws {@link FailedException} when a file cannot be used. */
  Followed(List<Path> files, Reader<T> reader) {
    this.files = files;
    this.reader = reader;
    this.marks = marks();
    try {
      this.value = reader.read();
    } catch (IOException | GeneralSecurityException e) {
      throw new FailedException(files + " cannot be used: " + words(e));
    }
  }

  synchronized T current() {
    List<String> now = marks();
    if (!now.equals(marks)) {
      marks = now;
      try {
        value = reader.read();
        log.info("read {} again", files);
      } catch (IOException | GeneralSecurityException e) {
        log.warn("{} cannot be used, what was there before still is: {}", files, words(e));
      }
    }
    return value;
  }

  /** When a file was written, its length and which it is: a moved one may be as old as the last. */
  private List<String> marks() {
    return files.stream().map(Followed::mark).toList();
  }

  private static String mark(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    }
  }

  private static String words(Exception e) {
    return e instanceof IOException
        ? e.getClass().getSimpleName() + ": " + e.getMessage()
        : String.valueOf(e.getMessage());
  }
}
