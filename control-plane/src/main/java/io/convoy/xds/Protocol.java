package io.convoy.xds;

/** The two variants of Envoy's xDS protocol. */
public enum Protocol {
  /** State of the world: a request lists all the names that the client wants. */
  SOTW,
  /** Incremental: a request lists what changed in the client's wishes. */
  DELTA
}
