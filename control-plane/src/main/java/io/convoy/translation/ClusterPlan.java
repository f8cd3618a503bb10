package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.ClusterSettings;
import io.convoy.policy.DocumentId;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceResolver;
import java.time.Duration;
import java.util.Optional;

/**
 * Everything that documents say about one cluster; what the catalog says is not a part of it.
 *
 * @param groups whose instances the cluster holds: first its own, then those that it fails over to,
 *     in order; never empty
 * @param documents those that shaped it
 */
record ClusterPlan(
    Target target,
    ServiceDefaults.Protocol protocol,
    Duration connectTimeout,
    Optional<Duration> requestTimeout,
    ClusterSettings settings,
    ImmutableList<Group> groups,
    ImmutableSet<DocumentId> documents) {

  /** Instances of one service; {@code subset} absent stands for all. */
  record Group(Target target, Optional<ServiceResolver.Subset> subset) {}

  String name() {
    return target.clusterName();
  }
}
