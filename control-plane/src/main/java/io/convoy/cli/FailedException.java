package io.convoy.cli;

/** A command could not do what it was asked to; the message is one line for people. Exit code 1. */
public final class FailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FailedException(String message) {
    super(message);
  }
}
