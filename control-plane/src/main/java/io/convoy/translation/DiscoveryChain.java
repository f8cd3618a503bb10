package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.policy.HeaderModifier;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceResolver;
import io.convoy.policy.ServiceSplitter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Follows a service's splitter and resolver to the clusters that its requests go to, in the order
 * of Consul's discovery chain (router, splitter, resolver; the router is {@link RouteCompiler}'s).
 *
 * <p>As in Consul: a split to another service goes through that one's splitter unless it names a
 * subset; a redirect and a failover go to a resolver only; failover is not followed twice.
 */
final class DiscoveryChain {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5); // Consul's default
  private static final int MAX_DEPTH = 16;

  private final String caller;
  private final DocumentId source;
  private final ChainDocuments documents;
  private final Problems problems;

  /**
   * @param caller the gateway's name, whose {@code service-defaults} say how it calls upstreams
   * @param source the document that names the service: what is wrong is said of it
   */
  DiscoveryChain(String caller, DocumentId source, ChainDocuments documents, Problems problems) {
    this.caller = caller;
    this.source = source;
    this.documents = documents;
    this.problems = problems;
  }

  /** Where requests for a service go; empty when that cannot be known. */
  ImmutableList<Share> follow(String service, String subset) {
    var shares = ImmutableList.<Share>builder();
    if (subset.isEmpty()) {
      split(service, Fraction.ONE, ImmutableList.of(), new ArrayDeque<>(), shares);
    } else {
      resolve(new Target(service, subset), Fraction.ONE, ImmutableList.of(), shares);
    }
    return shares.build();
  }

  private void split(
      String service,
      Fraction weight,
      ImmutableList<Share.Headers> headers,
      Deque<String> path,
      ImmutableList.Builder<Share> shares) {
    Optional<ServiceSplitter> splitter = documents.splitter(service);
    if (splitter.isEmpty()) {
      resolve(new Target(service, ""), weight, headers, shares);
      return;
    }
    if (path.contains(service) || path.size() >= MAX_DEPTH) {
      path.addLast(service);
      problems.add(splitter.get().id(), "splits in a circle: " + String.join(" -> ", path));
      path.removeLast();
      return;
    }
    path.addLast(service);
    for (ServiceSplitter.Split split : splitter.get().splits()) {
      if (split.weight() == 0) {
        continue;
      }
      Fraction part = weight.times(Fraction.of(split.weight(), 10_000));
      var inner = with(headers, split.requestHeaders(), split.responseHeaders());
      if (split.subset().isEmpty() && !split.service().equals(service)) {
        split(split.service(), part, inner, path, shares);
      } else {
        resolve(new Target(split.service(), split.subset()), part, inner, shares);
      }
    }
    path.removeLast();
  }

  static ImmutableList<Share.Headers> with(
      ImmutableList<Share.Headers> headers, HeaderModifier request, HeaderModifier response) {
    var added = new Share.Headers(request, response);
    return added.isEmpty()
        ? headers
        : ImmutableList.<Share.Headers>builder().addAll(headers).add(added).build();
  }

  private void resolve(
      Target target,
      Fraction weight,
      ImmutableList<Share.Headers> headers,
      ImmutableList.Builder<Share> shares) {
    plan(target).ifPresent(plan -> shares.add(new Share(plan, weight, headers)));
  }

  /** The cluster for a target, after its redirects. */
  Optional<ClusterPlan> plan(Target asked) {
    Optional<ClusterPlan.Group> own = group(asked);
    if (own.isEmpty()) {
      return Optional.empty();
    }
    Target target = own.get().target();
    String service = target.service();
    ServiceDefaults.Protocol protocol = documents.protocol(service);
    if (protocol == ServiceDefaults.Protocol.TCP) {
      problems.add(
          source,
          "service \"%s\" speaks tcp (its service-defaults): it cannot be routed by HTTP"
              .formatted(service));
      return Optional.empty();
    }
    Optional<ServiceResolver> resolver = documents.resolver(service);
    ServiceDefaults.Upstream upstream = upstream(service);
    var groups =
        ImmutableList.<ClusterPlan.Group>builder()
            .add(own.get())
            .addAll(failover(target, protocol, resolver))
            .build();
    return Optional.of(
        new ClusterPlan(
            target,
            protocol,
            upstream
                .connectTimeout()
                .or(() -> resolver.flatMap(ServiceResolver::connectTimeout))
                .orElse(CONNECT_TIMEOUT),
            resolver.flatMap(ServiceResolver::requestTimeout),
            resolver.flatMap(ServiceResolver::loadBalancer),
            upstream.limits(),
            upstream.passiveHealthCheck(),
            groups,
            shapedBy(groups)));
  }

  private ImmutableSet<DocumentId> shapedBy(ImmutableList<ClusterPlan.Group> groups) {
    var ids = ImmutableSet.<DocumentId>builder();
    for (ClusterPlan.Group group : groups) {
      documents.defaults(group.target().service()).ifPresent(found -> ids.add(found.id()));
      documents.resolver(group.target().service()).ifPresent(found -> ids.add(found.id()));
    }
    documents.defaults(caller).ifPresent(found -> ids.add(found.id()));
    return ids.build();
  }

  /** How the caller calls the service: what is said of it by name, then what is said of all. */
  private ServiceDefaults.Upstream upstream(String service) {
    Optional<ServiceDefaults> own = documents.defaults(caller);
    if (own.isEmpty()) {
      return ServiceDefaults.Upstream.NONE;
    }
    var all = own.get().upstreamDefaults();
    var named = own.get().upstreamOverrides().getOrDefault(service, ServiceDefaults.Upstream.NONE);
    return new ServiceDefaults.Upstream(
        named.connectTimeout().or(all::connectTimeout),
        named.limits().equals(ServiceDefaults.Limits.NONE) ? all.limits() : named.limits(),
        named.passiveHealthCheck().or(all::passiveHealthCheck));
  }

  /** Follows redirects and default subsets. */
  private Optional<ClusterPlan.Group> group(Target asked) {
    Set<Target> visited = new LinkedHashSet<>();
    Target target = asked;
    while (visited.add(target)) {
      Optional<ServiceResolver> found = documents.resolver(target.service());
      if (found.isEmpty() && target.subset().isEmpty()) {
        return Optional.of(new ClusterPlan.Group(target, Optional.empty()));
      }
      if (found.isEmpty()) {
        problems.add(source, unknownSubset(target));
        return Optional.empty();
      }
      ServiceResolver resolver = found.get();
      Optional<Target> redirect = redirect(resolver, target);
      if (redirect.isPresent()) {
        target = redirect.get();
      } else if (target.subset().isEmpty() && !resolver.defaultSubset().isEmpty()) {
        target = new Target(target.service(), resolver.defaultSubset());
      } else if (target.subset().isEmpty()) {
        return Optional.of(new ClusterPlan.Group(target, Optional.empty()));
      } else {
        ServiceResolver.Subset subset = resolver.subsets().get(target.subset());
        if (subset == null) {
          problems.add(source, unknownSubset(target));
          return Optional.empty();
        }
        return Optional.of(new ClusterPlan.Group(target, Optional.of(subset)));
      }
    }
    problems.add(
        new DocumentId("service-resolver", target.service()),
        "redirects in a circle: " + path(visited, target));
    return Optional.empty();
  }

  private static String unknownSubset(Target target) {
    return "service \"%s\" has no subset \"%s\"".formatted(target.service(), target.subset());
  }

  private static String path(Set<Target> visited, Target last) {
    var names = visited.stream().map(Target::clusterName).toList();
    return String.join(" -> ", names) + " -> " + last.clusterName();
  }

  /** As in Consul, a redirect to the target itself is none, and one without subset keeps it. */
  private static Optional<Target> redirect(ServiceResolver resolver, Target from) {
    return resolver.redirect().map(to -> rewrite(from, to)).filter(to -> !to.equals(from));
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
    for (ServiceResolver.Target to : targets) {
      Target next = rewrite(target, to);
      if (next.equals(target)) {
        continue;
      }
      if (documents.protocol(next.service()) != protocol) {
        problems.add(
            id,
            "failover to \"%s\": it speaks %s, \"%s\" speaks %s"
                .formatted(
                    next.service(),
                    lower(documents.protocol(next.service())),
                    target.service(),
                    lower(protocol)));
        continue;
      }
      group(next).ifPresent(groups::add);
    }
    return groups.build();
  }

  private static String lower(ServiceDefaults.Protocol protocol) {
    return protocol.name().toLowerCase(java.util.Locale.ROOT);
  }
}
