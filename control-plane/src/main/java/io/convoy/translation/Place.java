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
 * @param elsewhere those of them whose own sidecars apply what their policies ask of requests
 * @param inbound whether the service's own sidecar takes the requests in: how it is called was
 *     decided where it was
 */
record Place(
    String gateway,
    ImmutableSet<String> listeners,
    Optional<TargetRef.Rule> route,
    ImmutableSet<String> services,
    ImmutableSet<String> elsewhere,
    boolean inbound) {

  /** Where a service's own sidecar takes requests in; {@code guarded}: its policies act there. */
  static Place inbound(String service, boolean guarded) {
    return new Place(
        "",
        ImmutableSet.of(),
        Optional.empty(),
        ImmutableSet.of(service),
        guarded ? ImmutableSet.of() : ImmutableSet.of(service),
        true);
  }

  /** The same where nothing acts elsewhere: for what decides how services are called. */
  Place whole() {
    return new Place(gateway, listeners, route, services, ImmutableSet.of(), inbound);
  }

  /** Whether what is attached to the target acts here, and not at a service's own sidecars. */
  boolean acts(TargetRef target) {
    return !(target instanceof TargetRef.Service(String name) && elsewhere.contains(name));
  }

  /** What a policy may name to apply here, the most specific first: that is its precedence. */
  ImmutableList<TargetRef> targets() {
    var targets = ImmutableList.<TargetRef>builder();
    route.ifPresent(rule -> targets.add(rule, new TargetRef.Route(rule.name())));
    services.forEach(service -> targets.add(new TargetRef.Service(service)));
    listeners.forEach(listener -> targets.add(new TargetRef.Gateway(gateway, listener)));
    return targets.add(new TargetRef.Gateway(gateway, "")).build();
  }
}
