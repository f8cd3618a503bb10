package io.convoy.registry.consul;

import io.convoy.registry.consul.ConsulFault.Reason;
import io.convoy.registry.consul.ConsulSettings.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/** The ACL token in force; a file is read again when its time of change moves. Thread-safe. */
final class ConsulToken {
  private final Optional<Token> source;
  private FileTime readAt = FileTime.fromMillis(Long.MIN_VALUE);
  private Optional<String> secret = Optional.empty();

  ConsulToken(Optional<Token> source) {
    this.source = source;
  }

  synchronized Optional<String> current() throws ConsulFault {
    if (source.isEmpty()) {
      return Optional.empty();
    }
    return switch (source.get()) {
      case Token.Value value -> Optional.of(value.secret());
      case Token.File file -> fromFile(file.path());
    };
  }

  private Optional<String> fromFile(Path path) throws ConsulFault {
    try {
      FileTime changed = Files.getLastModifiedTime(path);
      if (!changed.equals(readAt)) {
        secret = Optional.of(Files.readString(path).strip());
        readAt = changed;
      }
      return secret;
    } catch (IOException e) {
      throw new ConsulFault(
          Reason.CONFIGURATION,
          "consul: the token's file %s cannot be read (%s)"
              .formatted(path, e.getClass().getSimpleName()));
    }
  }
}
