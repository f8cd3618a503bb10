package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which instances a service's name stands for: Consul's {@code service-resolver}.
 *
 * @param defaultSubset a key of {@code subsets}, or empty for all instances
 * @param failover by subset; the key {@code *} is for every subset that has none of its own
 * @param requestTimeout zero means none
 */
public record ServiceResolver(
    DocumentId id,
    String defaultSubset,
    ImmutableSortedMap<String, Subset> subsets,
    Optional<Target> redirect,
    ImmutableSortedMap<String, ImmutableList<Target>> failover,
    Optional<Duration> connectTimeout,
    Optional<Duration> requestTimeout,
    Optional<LoadBalancer> loadBalancer)
    implements Document {

  /**
   * A part of a service's instances.
   *
   * @param onlyPassing whether instances whose checks warn are left out
   */
  public record Subset(InstanceFilter filter, boolean onlyPassing) {}

  /**
   * Another service, or a subset.
   *
   * @param service never empty: where the document leaves it out, the resolver's own
   * @param subset empty for the default one
   */
  public record Target(String service, String subset) {}

  /** How an instance is chosen; {@code hashPolicies} is used by the hashing policies only. */
  public record LoadBalancer(Policy policy, ImmutableList<HashPolicy> hashPolicies) {}

  /** Envoy's load-balancing policies, in Consul's names. */
  public sealed interface Policy {
    record RoundRobin() implements Policy {}

    record Random() implements Policy {}

    record LeastRequest(OptionalInt choiceCount) implements Policy {}

    record RingHash(Optional<Long> minimumRingSize, Optional<Long> maximumRingSize)
        implements Policy {}

    record Maglev() implements Policy {}
  }

  /** What is hashed. {@code terminal}: later ones are skipped when this one yields a hash. */
  public sealed interface HashPolicy {
    boolean terminal();

    record Header(String name, boolean terminal) implements HashPolicy {}

    record QueryParameter(String name, boolean terminal) implements HashPolicy {}

    /** {@code ttl}: absent, the cookie is only read; zero, it is set for the session. */
    record Cookie(String name, Optional<Duration> ttl, String path, boolean terminal)
        implements HashPolicy {}

    record SourceIp(boolean terminal) implements HashPolicy {}
  }
}
