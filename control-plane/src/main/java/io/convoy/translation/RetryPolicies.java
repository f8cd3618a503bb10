package io.convoy.translation;

import com.google.common.base.Joiner;
import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.Retries;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import java.util.LinkedHashSet;

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

  private RetryPolicies() {}

  static RetryPolicy of(Retries retries) {
    var result = RetryPolicy.newBuilder();
    if (retries.conditions().isEmpty() && retries.statusCodes().isEmpty()) {
      result.setRetryOn(UNSENT);
      result.setNumRetries(UInt32Value.of(retries.attempts().orElse(ATTEMPTS)));
    } else {
      var conditions = new LinkedHashSet<>(retries.conditions());
      if (!retries.statusCodes().isEmpty()) {
        conditions.add("retriable-status-codes");
      }
      result.setRetryOn(Joiner.on(',').join(conditions));
      result.addAllRetriableStatusCodes(retries.statusCodes());
      retries.attempts().ifPresent(attempts -> result.setNumRetries(UInt32Value.of(attempts)));
    }
    return result
        .addRetryHostPredicate(
            RetryPolicy.RetryHostPredicate.newBuilder()
                .setName("envoy.retry_host_predicates.previous_hosts")
                .setTypedConfig(Any.pack(PreviousHostsPredicate.getDefaultInstance())))
        .setHostSelectionRetryMaxAttempts(HOST_SELECTIONS)
        .build();
  }
}
