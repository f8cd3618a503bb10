package io.convoy.policy;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How much one Envoy sends to one cluster at a time. Absent fields are left to the next wider
 * document, and at last to Envoy.
 *
 * @param retryBudget in place of {@code maxRetries} where it is given
 * @param maxRequestsPerConnection 0 means no limit
 */
public record CircuitBreaker(
    OptionalInt maxConnections,
    OptionalInt maxPendingRequests,
    OptionalInt maxRequests,
    OptionalInt maxRetries,
    Optional<RetryBudget> retryBudget,
    OptionalInt maxRequestsPerConnection) {
  public static final CircuitBreaker NONE =
      new CircuitBreaker(
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          OptionalInt.empty());

  /**
   * How many requests may be tried again at a time.
   *
   * @param percent of the requests that are under way, 0 to 100
   * @param minConcurrency so many in any case
   */
  public record RetryBudget(double percent, int minConcurrency) {}

  /** This, and what {@code wider} says where this says nothing. */
  CircuitBreaker or(CircuitBreaker wider) {
    return new CircuitBreaker(
        Optionals.or(maxConnections, wider.maxConnections),
        Optionals.or(maxPendingRequests, wider.maxPendingRequests),
        Optionals.or(maxRequests, wider.maxRequests),
        Optionals.or(maxRetries, wider.maxRetries),
        retryBudget.or(wider::retryBudget),
        Optionals.or(maxRequestsPerConnection, wider.maxRequestsPerConnection));
  }
}
