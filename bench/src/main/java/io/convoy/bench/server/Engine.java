package io.convoy.bench.server;

import io.convoy.bench.workload.Workload;
import io.convoy.catalog.Service;
import java.io.IOException;

/** A control plane in this process, fed from memory. One thread drives it. */
public interface Engine extends AutoCloseable {

  /** The names are those of the flag. */
  enum Kind {
    convoy,
    java_control_plane;

    @Override
    public String toString() {
      return name().replace('_', '-');
    }
  }

  /** Starts one that serves the workload, to so many streams at once. */
  static Engine start(Kind kind, Workload workload, int streams) throws IOException {
    return switch (kind) {
      case convoy -> new ConvoyEngine(workload, streams);
      case java_control_plane -> new JavaControlPlane(workload);
    };
  }

  int port();

  /** Takes a changed service over, and may return before any client knows of it. */
  void change(Service service);

  @Override
  void close();
}
