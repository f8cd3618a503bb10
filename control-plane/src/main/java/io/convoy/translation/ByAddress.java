package io.convoy.translation;

import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.RateLimit;
import io.convoy.policy.SecurityPolicy;
import io.convoy.policy.TargetRef;

/**
 * Whether policies judge by the client's address. Only the Envoy that a client connects to knows
 * it: to a sidecar every client of a gateway has the gateway's. So the policies of such a service
 * all act where clients connect, and none at its sidecars.
 */
final class ByAddress {
  private ByAddress() {}

  static boolean judges(
      String service,
      Attachments<SecurityPolicy> security,
      Attachments<BackendTrafficPolicy> traffic) {
    var target = new TargetRef.Service(service);
    return security.byTarget().get(target).stream().anyMatch(ByAddress::judges)
        || traffic.byTarget().get(target).stream().anyMatch(ByAddress::judges);
  }

  private static boolean judges(SecurityPolicy policy) {
    return policy.authorization().stream()
        .flatMap(authorization -> authorization.rules().stream())
        .anyMatch(rule -> !rule.clients().isEmpty());
  }

  private static boolean judges(BackendTrafficPolicy policy) {
    return policy.rateLimit().stream()
        .flatMap(limit -> limit.local().rules().stream())
        .flatMap(rule -> rule.selectors().stream())
        .anyMatch(RateLimit.Selector.ClientAddress.class::isInstance);
  }
}
