package io.convoy.cli.local;

/** A program that Convoy runs beside itself. */
public enum Program {
  CONSUL("consul", "1.19.2", "CONVOY_CONSUL_BIN"),
  ENVOY("envoy", "1.40.0", "CONVOY_ENVOY_BIN");

  private final String command;
  private final String version;
  private final String variable;

  Program(String command, String version, String variable) {
    this.command = command;
    this.version = version;
    this.variable = variable;
  }

  /** The binary's file name. */
  public String command() {
    return command;
  }

  /** The version that {@code ./convoy tools} installs. */
  public String version() {
    return version;
  }

  /** The environment variable that names a binary to use instead. */
  public String variable() {
    return variable;
  }
}
