package io.convoy.admin;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens in a file, one on each line: while one takes another's place, both do. The file is
 * read again when it changed; while it cannot be read, no token does. Thread-safe.
 */
public final class AdminTokens {
  private static final Logger log = LoggerFactory.getLogger(AdminTokens.class);
  private static final int SHORTEST = 16;

  private final Path file;
  private FileTime readAt = FileTime.fromMillis(Long.MIN_VALUE);
  private ImmutableList<HashCode> tokens = ImmutableList.of();
  private boolean broken;

  private AdminTokens(Path file) {
    this.file = file;
  }

  /**
   * The tokens in the file.
   *
   * @throws IOException when it cannot be read, or has no token or one that is easily guessed; the
   *     message has none of them
   */
  public static AdminTokens read(Path file) throws IOException {
    var tokens = new AdminTokens(file);
    tokens.refresh();
    return tokens;
  }

  private void refresh() throws IOException {
    FileTime changed = Files.getLastModifiedTime(file);
    if (changed.equals(readAt)) {
      return;
    }
    readAt = changed;
    tokens = ImmutableList.of();
    ImmutableList<String> lines =
        Files.readAllLines(file).stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .collect(ImmutableList.toImmutableList());
    if (lines.isEmpty() || lines.stream().anyMatch(token -> token.length() < SHORTEST)) {
      throw new IOException(
          file + ": expected a token of at least " + SHORTEST + " characters on each line");
    }
    tokens = lines.stream().map(AdminTokens::hash).collect(ImmutableList.toImmutableList());
  }

  private static HashCode hash(String token) {
    return Hashing.sha256().hashString(token, StandardCharsets.UTF_8);
  }

  /** Whether it is one of them; the time that this takes says nothing of them. */
  synchronized boolean contain(String token) {
    try {
      refresh();
      broken = false;
    } catch (IOException e) {
      if (!broken) {
        log.warn("no token of the admin endpoint is taken: {}", e.toString());
      }
      broken = true;
      readAt = FileTime.fromMillis(Long.MIN_VALUE);
      return false;
    }
    byte[] asked = hash(token).asBytes();
    boolean found = false;
    for (HashCode known : tokens) {
      found |= MessageDigest.isEqual(known.asBytes(), asked);
    }
    return found;
  }
}
