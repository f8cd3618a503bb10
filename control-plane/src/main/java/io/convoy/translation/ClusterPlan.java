package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Sets;
import io.convoy.policy.ClusterSettings;
import io.convoy.policy.DocumentId;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceResolver;
import io.convoy.policy.TerminatingGateway;
import java.time.Duration;
import java.util.Optional;

/**
 * Everything that documents say about one cluster; what the catalog says is not a part of it.
 *
 * @param sidecars whether it holds only instances that have a sidecar. A route that leaves the
 *     policies of the service to its sidecars goes to such a cluster: an instance without one, be
 *     it there before or after the route knows, is never reached past them
 * @param groups whose instances the cluster holds: first its own, then those that it fails over to,
 *     in order; never empty
 * @param outside what is said of services of the groups that may have instances without a sidecar
 * @param http1 how HTTP/1 is written to it; a cluster of another protocol does not mind
 * @param documents those that shaped it
 */
record ClusterPlan(
    Target target,
    ServiceDefaults.Protocol protocol,
    Duration connectTimeout,
    Optional<Duration> requestTimeout,
    ClusterSettings settings,
    boolean sidecars,
    ImmutableList<Group> groups,
    ImmutableSortedMap<String, Outside> outside,
    Http1 http1,
    ImmutableSet<DocumentId> documents) {

  /** Instances of one service; {@code subset} absent stands for all. */
  record Group(Target target, Optional<ServiceResolver.Subset> subset) {}

  /** Whether names of headers keep their case and trailers are passed on, both ways. */
  record Http1(boolean preserveHeaderCase, boolean trailers) {
    static final Http1 PLAIN = new Http1(false, false);
  }

  /** The same where documents say how HTTP/1 is written. */
  ClusterPlan with(Http1 writing, ImmutableSet<DocumentId> saidBy) {
    return writing.equals(http1)
        ? this
        : new ClusterPlan(
            target,
            protocol,
            connectTimeout,
            requestTimeout,
            settings,
            sidecars,
            groups,
            outside,
            writing,
            Sets.union(documents, saidBy).immutableCopy());
  }

  String name() {
    return sidecars ? "sidecar/" + target.clusterName() : target.clusterName();
  }

  /** Whether requests get the host that is called, where it has a name. */
  boolean hostRewrite() {
    return outside.values().stream().anyMatch(Outside::hostRewrite);
  }

  /** The host that requests are for which no caller makes. */
  String host() {
    return Optional.ofNullable(outside.get(target.service()))
        .filter(Outside::hostRewrite)
        .flatMap(Outside::tls)
        .flatMap(TerminatingGateway.Tls::sni)
        .orElse(target.service());
  }

  /** The services whose own sidecars take all requests to this cluster: one, or none. */
  ImmutableSet<String> governed() {
    return sidecars ? ImmutableSet.of(target.service()) : ImmutableSet.of();
  }
}
