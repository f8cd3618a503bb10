package io.convoy.bench.server;

import io.convoy.bench.workload.Workload;
import java.io.IOException;
import java.util.Collection;

/** A control plane in this process, fed from memory. One thread drives it. */
public interface Engine extends AutoCloseable {

  /** The names are those of the flag. */
  enum Kind {
    convoy,
    java_control_plane,
    go_control_plane;

    /** Whether it is a Java program: it translates by itself, and can run in this process. */
    public boolean translates() {
      return this != go_control_plane;
    }

    /** Whether it reads the node of every request, not only of a stream's first. */
    public boolean nodeAlways() {
      return this == java_control_plane;
    }

    @Override
    public String toString() {
      return name().replace('_', '-');
    }
  }

  /**
   * Starts one that serves the workload. Only for a kind that {@link Kind#translates}.
   *
   * @param streams how many may open at once
   * @param ports that gateways ask to listen on instead of the usual one; 0 for those that do not
   */
  static Engine start(Kind kind, Workload workload, int streams, Collection<Integer> ports)
      throws IOException {
    return switch (kind) {
      case convoy -> new ConvoyEngine(workload, streams);
      case java_control_plane -> new JavaControlPlane(workload, ports);
      case go_control_plane ->
          throw new IllegalArgumentException(kind + " runs in a process of its own");
    };
  }

  int port();

  /** Takes a change over, and may return before any client knows of it. */
  void change(Workload.Change change);

  @Override
  void close();
}
