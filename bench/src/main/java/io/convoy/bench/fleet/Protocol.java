package io.convoy.bench.fleet;

/** The two variants of xDS; the names are those of the flag. */
public enum Protocol {
  delta,
  sotw
}
