package io.convoy.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How an instance is chosen. Absent fields are left to the next wider document, and at last to
 * Envoy.
 */
public record LoadBalancing(
    Optional<ServiceResolver.LoadBalancer> policy,
    Optional<SlowStart> slowStart,
    Optional<ZoneAware> zoneAware) {
  public static final LoadBalancing NONE =
      new LoadBalancing(Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * A new instance takes its share slowly; it works with round robin and least request.
   *
   * @param window above zero
   * @param minWeightPercent the share that it begins with, 0 to 100
   */
  public record SlowStart(Duration window, OptionalInt minWeightPercent) {}

  /**
   * Instances in Envoy's own zone are preferred; it works with round robin, random and least
   * request, in an Envoy that knows its zone.
   *
   * @param minEndpoints how many instances there must be
   * @param percentage of the requests, 0 to 100
   */
  public record ZoneAware(OptionalInt minEndpoints, OptionalInt percentage) {}

  /** This, and what {@code wider} says where this says nothing. */
  LoadBalancing or(LoadBalancing wider) {
    return new LoadBalancing(
        policy.or(wider::policy), slowStart.or(wider::slowStart), zoneAware.or(wider::zoneAware));
  }
}
