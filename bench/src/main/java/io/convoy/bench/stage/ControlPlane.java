package io.convoy.bench.stage;

import io.convoy.bench.measure.ProcessUsage;

/** A control plane that follows a Consul, in a process of its own: Convoy, or a peer. */
public sealed interface ControlPlane extends AutoCloseable permits ConvoyProcess, PeerProcess {
  /** Where it serves aggregated discovery, on loopback. */
  int xdsPort();

  ProcessUsage usage();

  /** Bytes of live objects: garbage is collected first. */
  long heap();

  /** How many responses clients have refused. */
  long refused();

  /** Ends it; no harm when it has ended. */
  @Override
  void close();
}
