package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.util.OptionalInt;

/**
 * When and how often a request is tried again.
 *
 * @param attempts absent, Envoy's default of 1 where any condition is given
 * @param conditions names of Envoy's {@code x-envoy-retry-on} and {@code x-envoy-retry-grpc-on}
 * @param statusCodes 100 to 599; further to the conditions
 */
public record Retries(
    OptionalInt attempts, ImmutableList<String> conditions, ImmutableList<Integer> statusCodes) {
  public static final Retries NONE =
      new Retries(OptionalInt.empty(), ImmutableList.of(), ImmutableList.of());
}
