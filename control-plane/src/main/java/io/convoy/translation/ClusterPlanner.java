package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.policy.ClusterSettings;
import io.convoy.policy.DocumentId;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceResolver;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Plans the cluster that a target stands for, by the {@code service-resolver}: redirect, default
 * subset, failover, in the order of Consul's discovery chain. As there, failover is not followed
 * twice.
 */
final class ClusterPlanner {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5); // Consul's default

  private final String caller;
  private final ChainDocuments documents;
  private final Problems problems;

  /** {@code caller}: the gateway's name, whose {@code service-defaults} say how it calls others. */
  ClusterPlanner(String caller, ChainDocuments documents, Problems problems) {
    this.caller = caller;
    this.documents = documents;
    this.problems = problems;
  }

  /** A plan, and the document that names its service last on the way. */
  record Planned(ClusterPlan plan, DocumentId namedBy) {}

  /** The group that a target stands for, and the document that names its service last. */
  private record Resolved(ClusterPlan.Group group, DocumentId namedBy) {}

  /**
   * The cluster for a target that a document names, after its redirects; empty when there is none.
   */
  Optional<Planned> plan(Target asked, DocumentId namedBy) {
    return resolve(asked, namedBy)
        .flatMap(own -> plan(own).map(plan -> new Planned(plan, own.namedBy)));
  }

  private Optional<ClusterPlan> plan(Resolved own) {
    String service = own.group.target().service();
    if (documents.protocol(service) == ServiceDefaults.Protocol.TCP) {
      problems.add(
          own.namedBy,
          "service \"%s\" speaks tcp (its service-defaults): it cannot be routed by HTTP"
              .formatted(service));
      return Optional.empty();
    }
    return Optional.of(cluster(own));
  }

  /** The cluster for the connections of a service that speaks TCP; empty when there is none. */
  Optional<Planned> connections(Target asked, DocumentId namedBy) {
    return resolve(asked, namedBy)
        .filter(own -> {
          boolean tcp =
              documents.protocol(own.group.target().service()) == ServiceDefaults.Protocol.TCP;
          if (!tcp) {
            problems.add(
                own.namedBy,
                "service \"%s\" does not speak tcp, which \"%s\" does"
                    .formatted(own.group.target().service(), asked.service()));
          }
          return tcp;
        })
        .map(own -> new Planned(cluster(own), own.namedBy));
  }

  private ClusterPlan cluster(Resolved own) {
    Target target = own.group.target();
    String service = target.service();
    ServiceDefaults.Protocol protocol = documents.protocol(service);
    Optional<ServiceResolver> resolver = documents.resolver(service);
    ClusterSettings settings = settings(service, protocol, resolver);
    var groups =
        ImmutableList.<ClusterPlan.Group>builder()
            .add(own.group)
            .addAll(failover(target, protocol, resolver))
            .build();
    boolean sidecars =
        documents.governed(service)
            && groups.stream().allMatch(group -> group.target().service().equals(service));
    return new ClusterPlan(
        target,
        protocol,
        settings.connectTimeout().orElse(CONNECT_TIMEOUT),
        resolver.flatMap(ServiceResolver::requestTimeout),
        settings,
        sidecars,
        groups,
        sidecars ? ImmutableSortedMap.of() : outside(groups),
        ClusterPlan.Http1.PLAIN,
        shapedBy(target, groups));
  }

  private ImmutableSortedMap<String, Outside> outside(ImmutableList<ClusterPlan.Group> groups) {
    var outside = new TreeMap<String, Outside>();
    for (ClusterPlan.Group group : groups) {
      String service = group.target().service();
      documents.outside(service).ifPresent(found -> outside.put(service, found));
    }
    return ImmutableSortedMap.copyOfSorted(outside);
  }

  /** Policies first, the most specific before the others; then Consul's own documents. */
  private ClusterSettings settings(
      String service, ServiceDefaults.Protocol protocol, Optional<ServiceResolver> resolver) {
    ClusterSettings settings = ClusterSettings.NONE;
    for (ChainDocuments.ClusterPolicy policy : documents.policies(caller, service)) {
      policy
          .settings()
          .activeHealthCheck()
          .filter(check -> !HealthChecks.possible(check, protocol))
          .ifPresent(_ ->
              problems.add(
                  policy.id(),
                  "service \"%s\" speaks http (its service-defaults): it is not asked by gRPC whether it is healthy"
                      .formatted(service)));
      settings = settings.or(policy.settings());
    }
    return settings.or(Upstreams.settings(service, documents.defaults(caller), resolver));
  }

  private ImmutableSet<DocumentId> shapedBy(
      Target target, ImmutableList<ClusterPlan.Group> groups) {
    var ids = ImmutableSet.<DocumentId>builder();
    for (ClusterPlan.Group group : groups) {
      documents.defaults(group.target().service()).ifPresent(found -> ids.add(found.id()));
      documents.resolver(group.target().service()).ifPresent(found -> ids.add(found.id()));
      documents.outside(group.target().service()).ifPresent(found -> ids.add(found.document()));
    }
    documents.defaults(caller).ifPresent(found -> ids.add(found.id()));
    documents.proxyDefaults().ifPresent(found -> ids.add(found.id()));
    documents.policies(caller, target.service()).forEach(policy -> ids.add(policy.id()));
    return ids.build();
  }

  /** Follows redirects and default subsets. */
  private Optional<Resolved> resolve(Target asked, DocumentId askedBy) {
    Set<Target> visited = new LinkedHashSet<>();
    Target target = asked;
    DocumentId namedBy = askedBy;
    while (visited.add(target)) {
      Optional<ServiceResolver> resolver = documents.resolver(target.service());
      Optional<Target> redirect = redirect(resolver, target);
      String defaultSubset = resolver.map(ServiceResolver::defaultSubset).orElse("");
      if (redirect.isPresent()) {
        target = redirect.get();
        namedBy = resolver.orElseThrow().id();
      } else if (!target.subset().isEmpty()) {
        return subset(target, resolver, namedBy);
      } else if (defaultSubset.isEmpty()) {
        return Optional.of(new Resolved(new ClusterPlan.Group(target, Optional.empty()), namedBy));
      } else {
        target = new Target(target.service(), defaultSubset);
        namedBy = resolver.orElseThrow().id();
      }
    }
    problems.add(
        new DocumentId("service-resolver", target.service()),
        "redirects in a circle: " + path(visited, target));
    return Optional.empty();
  }

  private Optional<Resolved> subset(
      Target target, Optional<ServiceResolver> resolver, DocumentId namedBy) {
    ServiceResolver.Subset subset =
        resolver.map(found -> found.subsets().get(target.subset())).orElse(null);
    if (subset == null) {
      problems.add(
          namedBy,
          "service \"%s\" has no subset \"%s\"".formatted(target.service(), target.subset()));
      return Optional.empty();
    }
    return Optional.of(new Resolved(new ClusterPlan.Group(target, Optional.of(subset)), namedBy));
  }

  private static String path(Set<Target> visited, Target last) {
    var names = visited.stream().map(Target::clusterName).toList();
    return String.join(" -> ", names) + " -> " + last.clusterName();
  }

  /** As in Consul, a redirect to the target itself is none, and one without subset keeps it. */
  private static Optional<Target> redirect(Optional<ServiceResolver> resolver, Target from) {
    return resolver
        .flatMap(ServiceResolver::redirect)
        .map(to -> rewrite(from, to))
        .filter(to -> !to.equals(from));
  }

  private static Target rewrite(Target from, ServiceResolver.Target to) {
    boolean keepsSubset = to.subset().isEmpty() && to.service().equals(from.service());
    return new Target(to.service(), keepsSubset ? from.subset() : to.subset());
  }

  private ImmutableList<ClusterPlan.Group> failover(
      Target target, ServiceDefaults.Protocol protocol, Optional<ServiceResolver> resolver) {
    var groups = ImmutableList.<ClusterPlan.Group>builder();
    if (resolver.isEmpty()) {
      return groups.build();
    }
    var bySubset = resolver.get().failover();
    ImmutableList<ServiceResolver.Target> targets = bySubset.get(target.subset());
    if (targets == null) {
      targets = bySubset.getOrDefault("*", ImmutableList.of());
    }
    DocumentId id = resolver.get().id();
    for (ServiceResolver.Target named : targets) {
      Target next = rewrite(target, named);
      if (next.equals(target)) {
        continue;
      }
      Optional<Resolved> resolved = resolve(next, id);
      if (resolved.isEmpty()) {
        continue;
      }
      String service = resolved.get().group.target().service();
      if (documents.protocol(service) == protocol) {
        groups.add(resolved.get().group);
      } else {
        problems.add(
            id,
            "failover to \"%s\": it speaks %s, \"%s\" speaks %s"
                .formatted(
                    service,
                    lower(documents.protocol(service)),
                    target.service(),
                    lower(protocol)));
      }
    }
    return groups.build();
  }

  private static String lower(ServiceDefaults.Protocol protocol) {
    return protocol.name().toLowerCase(Locale.ROOT);
  }
}
