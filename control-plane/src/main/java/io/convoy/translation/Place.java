package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.TargetRef;
import java.util.Optional;

/**
 * Where requests pass, as far as policies can be attached to it.
 *
 * @param listeners of the gateway's document, that the requests come in by
 * @param route of the request, absent where service meta made it
 * @param services that the way of the requests passes
 */
record Place(
    String gateway,
    ImmutableSet<String> listeners,
    Optional<TargetRef.Rule> route,
    ImmutableSet<String> services) {

  /** What a policy may name to apply here, the most specific first: that is its precedence. */
  ImmutableList<TargetRef> targets() {
    var targets = ImmutableList.<TargetRef>builder();
    route.ifPresent(rule -> targets.add(rule, new TargetRef.Route(rule.name())));
    services.forEach(service -> targets.add(new TargetRef.Service(service)));
    listeners.forEach(listener -> targets.add(new TargetRef.Gateway(gateway, listener)));
    return targets.add(new TargetRef.Gateway(gateway, "")).build();
  }
}
