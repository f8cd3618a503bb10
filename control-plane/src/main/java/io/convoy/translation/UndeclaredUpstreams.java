package io.convoy.translation;

/** What the sidecar of a service reaches that does not declare its upstreams. */
public enum UndeclaredUpstreams {
  /** Every service of the catalog that speaks HTTP. */
  ALL,
  /** No service. */
  NONE
}
