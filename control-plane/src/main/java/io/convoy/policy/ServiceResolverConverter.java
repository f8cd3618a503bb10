package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.config.v1.ServiceResolverProto;
import io.convoy.config.v1.ServiceResolverProto.Failover;
import io.convoy.config.v1.ServiceResolverProto.FailoverTarget;
import io.convoy.config.v1.ServiceResolverProto.Redirect;
import io.convoy.policy.ServiceResolver.Subset;
import io.convoy.policy.ServiceResolver.Target;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@code service-resolver}. */
final class ServiceResolverConverter {
  private static final String EVERY_SUBSET = "*";

  private final String service;
  private final ServiceResolverProto.ServiceResolver message;
  private final At at;

  private ServiceResolverConverter(
      String service, ServiceResolverProto.ServiceResolver message, At at) {
    this.service = service;
    this.message = message;
    this.at = at;
  }

  static Document convert(DocumentId id, ServiceResolverProto.ServiceResolver message, At at) {
    return new ServiceResolverConverter(id.name(), message, at).convert(id);
  }

  private Document convert(DocumentId id) {
    var subsets = subsets();
    own(at.field("DefaultSubset"), "", message.getDefaultSubset());
    at.field("Redirect")
        .require(
            !message.hasRedirect() || message.getFailoverCount() == 0,
            "both Redirect and Failover",
            "expected one of them");
    return new ServiceResolver(
        id,
        message.getDefaultSubset(),
        subsets,
        message.hasRedirect() ? redirect() : Optional.empty(),
        failover(),
        at.field("ConnectTimeout")
            .positive(message.hasConnectTimeout(), message.getConnectTimeout()),
        at.field("RequestTimeout")
            .timeout(message.hasRequestTimeout(), message.getRequestTimeout()),
        LoadBalancerConverter.convert(message.getLoadBalancer(), at.field("LoadBalancer")));
  }

  private ImmutableSortedMap<String, Subset> subsets() {
    var subsets = new TreeMap<String, Subset>();
    message
        .getSubsetsMap()
        .forEach((name, subset) -> {
          At here = at.field("Subsets").key(name);
          here.require(
              name.length() <= 63 && name.matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?"),
              Value.quoted(name),
              "expected at most 63 lower-case letters, digits and inner dashes");
          subsets.put(
              name,
              new Subset(
                  filter(here.field("Filter"), subset.getFilter()), subset.getOnlyPassing()));
        });
    return ImmutableSortedMap.copyOfSorted(subsets);
  }

  private InstanceFilter filter(At here, String expression) {
    try {
      return InstanceFilter.parse(service, expression);
    } catch (InstanceFilter.Malformed e) {
      throw here.refusal(Value.quoted(expression), String.valueOf(e.getMessage()));
    }
  }

  private Optional<Target> redirect() {
    Redirect redirect = message.getRedirect();
    At here = at.field("Redirect");
    if (leaves(here, redirect.getDatacenter(), redirect.getPeer(), redirect.getSamenessGroup())) {
      return Optional.empty();
    }
    here.require(
        !redirect.getService().isEmpty() || !redirect.getServiceSubset().isEmpty(),
        "nothing",
        "expected Service or ServiceSubset");
    return Optional.of(target(here, redirect.getService(), redirect.getServiceSubset()));
  }

  private ImmutableSortedMap<String, ImmutableList<Target>> failover() {
    var failover = new TreeMap<String, ImmutableList<Target>>();
    message
        .getFailoverMap()
        .forEach((subset, entry) -> {
          At here = at.field("Failover").key(subset);
          here.require(
              subset.equals(EVERY_SUBSET) || message.containsSubsets(subset),
              Value.quoted(subset),
              "expected * or one of the subsets " + message.getSubsetsMap().keySet());
          ImmutableList<Target> targets = targets(here, entry);
          if (!targets.isEmpty()) {
            failover.put(subset, targets);
          }
        });
    return ImmutableSortedMap.copyOfSorted(failover);
  }

  private ImmutableList<Target> targets(At here, Failover failover) {
    boolean single = !failover.getService().isEmpty() || !failover.getServiceSubset().isEmpty();
    here.field("Targets")
        .require(
            !single || failover.getTargetsCount() == 0,
            "both Targets and a service or subset",
            "expected one of them");
    if (single) {
      return ImmutableList.of(target(here, failover.getService(), failover.getServiceSubset()));
    }
    var targets = ImmutableList.<Target>builder();
    for (int i = 0; i < failover.getTargetsCount(); i++) {
      FailoverTarget target = failover.getTargets(i);
      At there = here.field("Targets").index(i);
      if (!leaves(there, target.getDatacenter(), target.getPeer(), "")) {
        targets.add(target(there, target.getService(), target.getServiceSubset()));
      }
    }
    return targets.build();
  }

  /** Whether a target is out of reach; says so. */
  private static boolean leaves(At here, String datacenter, String peer, String samenessGroup) {
    boolean leaves = !datacenter.isEmpty() || !peer.isEmpty() || !samenessGroup.isEmpty();
    if (leaves) {
      here.warn("is not followed: Convoy serves one datacenter");
    }
    return leaves;
  }

  private Target target(At here, String name, String subset) {
    String target = name.isEmpty() ? service : here.field("Service").name(name);
    own(here.field("ServiceSubset"), name, subset);
    return new Target(target, subset);
  }

  /** Requires that a subset of this service is one that the document has. */
  private void own(At here, String name, String subset) {
    Set<String> known = message.getSubsetsMap().keySet();
    boolean elsewhere = !name.isEmpty() && !name.equals(service);
    here.require(
        elsewhere || subset.isEmpty() || known.contains(subset),
        Value.quoted(subset),
        "expected one of the subsets " + known);
  }
}
