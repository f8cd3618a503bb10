package io.convoy.translation;

import com.google.common.base.Joiner;
import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.Retries;
import io.convoy.policy.RetryRules;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import java.util.LinkedHashSet;
import java.util.Optional;

/**
 * Envoy's retry policies.
 *
 * <p>Where no document says otherwise, a request that never reached an instance is tried on
 * another: between an instance's end and the registry's word of it, connections are refused.
 * Nothing was sent then, so it is safe for every method.
 */
final class RetryPolicies {
  private static final String UNSENT = "connect-failure,refused-stream,reset-before-request";
  private static final int ATTEMPTS = 2;

  /** How often another instance is looked for when one that failed already is chosen again. */
  private static final int HOST_SELECTIONS = 5;

  /** Said in so many words: without a policy of its own a route has that of its virtual host. */
  private static final RetryPolicy NEVER =
      RetryPolicy.newBuilder().setNumRetries(UInt32Value.of(0)).build();

  private RetryPolicies() {}

  /** For routes without a policy of their own; stands in the virtual host, once for all of them. */
  static RetryPolicy unlessSaid() {
    return unsent(ATTEMPTS).build();
  }

  /** What the documents say; empty when they say nothing. */
  static Optional<RetryPolicy> of(Retries retries) {
    if (retries.equals(Retries.NONE)) {
      return Optional.empty();
    }
    if (retries.conditions().isEmpty() && retries.statusCodes().isEmpty()) {
      return Optional.of(unsent(retries.attempts().orElse(ATTEMPTS)).build());
    }
    var conditions = new LinkedHashSet<>(retries.conditions());
    if (!retries.statusCodes().isEmpty()) {
      conditions.add("retriable-status-codes");
    }
    var result =
        elsewhere()
            .setRetryOn(Joiner.on(',').join(conditions))
            .addAllRetriableStatusCodes(retries.statusCodes());
    retries.attempts().ifPresent(attempts -> result.setNumRetries(UInt32Value.of(attempts)));
    return Optional.of(result.build());
  }

  /** What a policy says. */
  static RetryPolicy of(RetryRules rules) {
    if (rules.retries().attempts().orElse(ATTEMPTS) == 0) {
      return NEVER;
    }
    RetryPolicy.Builder result =
        of(rules.retries()).orElseGet(RetryPolicies::unlessSaid).toBuilder();
    rules.perTryTimeout().ifPresent(time -> result.setPerTryTimeout(RouteActions.duration(time)));
    rules
        .backOff()
        .ifPresent(backOff ->
            result.setRetryBackOff(
                RetryPolicy.RetryBackOff.newBuilder()
                    .setBaseInterval(RouteActions.duration(backOff.base()))
                    .setMaxInterval(RouteActions.duration(backOff.max()))));
    return result.build();
  }

  private static RetryPolicy.Builder unsent(int attempts) {
    return elsewhere().setRetryOn(UNSENT).setNumRetries(UInt32Value.of(attempts));
  }

  private static RetryPolicy.Builder elsewhere() {
    return RetryPolicy.newBuilder()
        .addRetryHostPredicate(
            RetryPolicy.RetryHostPredicate.newBuilder()
                .setName("envoy.retry_host_predicates.previous_hosts")
                .setTypedConfig(Any.pack(PreviousHostsPredicate.getDefaultInstance())))
        .setHostSelectionRetryMaxAttempts(HOST_SELECTIONS);
  }
}
