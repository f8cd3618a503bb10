package io.convoy.cli.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/** A program that was started here. It ends with this JVM at the latest. */
public interface Child {

  boolean isAlive();

  /** Asks it to end (SIGTERM) and, when it has not after ten seconds, ends it. */
  void terminate();

  /** Ends it at once (SIGKILL) and returns when it is gone. */
  void kill();

  /** Stops it where it stands (SIGSTOP): its connections stay open and nobody answers. */
  void freeze();

  /** Lets it go on (SIGCONT). */
  void thaw();

  /** Waits for its end; the exit code, or empty when it still runs after the limit. */
  OptionalInt waitFor(Duration limit);

  /** What it wrote to its standard output. */
  Path out();

  /** What it wrote to its standard error. */
  Path err();
}
