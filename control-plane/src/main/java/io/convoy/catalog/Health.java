package io.convoy.catalog;

/** The worst of an instance's checks, as Consul aggregates them. */
public enum Health {
  PASSING,
  WARNING,
  CRITICAL,
  /** Taken out by an operator ({@code consul maint}); never routed to. */
  MAINTENANCE;

  /** Whether traffic may be sent to an instance in this state. */
  public boolean routable() {
    return this == PASSING || this == WARNING;
  }
}
