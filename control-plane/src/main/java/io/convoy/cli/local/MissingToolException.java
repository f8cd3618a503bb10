package io.convoy.cli.local;

/** A binary was not found; the message says where it was looked for and what to do. */
public final class MissingToolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingToolException(String message) {
    super(message);
  }
}
