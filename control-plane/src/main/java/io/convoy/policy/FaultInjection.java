package io.convoy.policy;

import java.time.Duration;
import java.util.Optional;

/**
 * Delays requests or answers them with an error; neither: does nothing. Percentages are 0 to 100.
 */
public record FaultInjection(Optional<Delay> delay, Optional<Abort> abort) {

  /** {@code duration} is above zero. */
  public record Delay(Duration duration, double percentage) {}

  /**
   * An answer without a service.
   *
   * @param status 200 to 599 for HTTP, 0 to 16 for gRPC
   */
  public record Abort(boolean grpc, int status, double percentage) {}
}
