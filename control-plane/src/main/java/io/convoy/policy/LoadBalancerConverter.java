package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.config.v1.ServiceResolverProto;
import io.convoy.config.v1.ServiceResolverProto.CookieConfig;
import io.convoy.config.v1.ServiceResolverProto.RingHashConfig;
import io.convoy.policy.ServiceResolver.HashPolicy;
import io.convoy.policy.ServiceResolver.LoadBalancer;
import io.convoy.policy.ServiceResolver.Policy;
import java.time.Duration;
import java.util.Optional;

/** A resolver's {@code LoadBalancer}. */
final class LoadBalancerConverter {
  private static final ImmutableSet<String> POLICIES =
      ImmutableSet.of("round_robin", "random", "least_request", "ring_hash", "maglev");

  /** Envoy's own limit. */
  private static final long MAX_RING = 8_388_608;

  private LoadBalancerConverter() {}

  /** Empty where the document leaves the policy out. */
  static Optional<LoadBalancer> convert(ServiceResolverProto.LoadBalancer message, At at) {
    String name = message.getPolicy();
    only(at.field("RingHashConfig"), message.hasRingHashConfig(), name, "ring_hash");
    only(at.field("LeastRequestConfig"), message.hasLeastRequestConfig(), name, "least_request");
    at.field("HashPolicies")
        .require(
            message.getHashPoliciesCount() == 0
                || name.equals("ring_hash")
                || name.equals("maglev"),
            "hash policies with the policy " + Value.quoted(name),
            "expected them with ring_hash and maglev only");
    Optional<Policy> policy = policy(message, name, at);
    return policy.map(
        chosen -> new LoadBalancer(chosen, hashPolicies(message, at.field("HashPolicies"))));
  }

  private static void only(At at, boolean given, String policy, String allowed) {
    at.require(
        !given || policy.equals(allowed),
        "a value with the policy " + Value.quoted(policy),
        "expected it with " + allowed + " only");
  }

  private static Optional<Policy> policy(
      ServiceResolverProto.LoadBalancer message, String name, At at) {
    return switch (name) {
      case "" -> Optional.empty();
      case "round_robin" -> Optional.of(new Policy.RoundRobin());
      case "random" -> Optional.of(new Policy.Random());
      case "maglev" -> Optional.of(new Policy.Maglev());
      case "least_request" -> Optional.of(leastRequest(message, at));
      case "ring_hash" ->
          Optional.of(ringHash(message.getRingHashConfig(), at.field("RingHashConfig")));
      default ->
          throw at.field("Policy")
              .refusal(
                  Value.quoted(name),
                  "expected one of "
                      + String.join(", ", POLICIES)
                      + Suggestion.among(POLICIES, name));
    };
  }

  private static Policy leastRequest(ServiceResolverProto.LoadBalancer message, At at) {
    int choices = message.getLeastRequestConfig().getChoiceCount();
    at.field("LeastRequestConfig")
        .field("ChoiceCount")
        .require(choices != 1, "1", "expected 2 or more, or 0 for Envoy's default");
    return new Policy.LeastRequest(Optionals.aboveZero(choices));
  }

  private static Policy ringHash(RingHashConfig ring, At at) {
    Optional<Long> least = size(at.field("MinimumRingSize"), ring.getMinimumRingSize());
    Optional<Long> most = size(at.field("MaximumRingSize"), ring.getMaximumRingSize());
    at.field("MinimumRingSize")
        .require(
            least.isEmpty() || most.isEmpty() || least.get() <= most.get(),
            least + " with a maximum of " + most,
            "expected no more than the maximum");
    return new Policy.RingHash(least, most);
  }

  private static Optional<Long> size(At at, long size) {
    at.require(size <= MAX_RING, Long.toString(size), "expected a whole number up to " + MAX_RING);
    return size == 0 ? Optional.empty() : Optional.of(size);
  }

  private static ImmutableList<HashPolicy> hashPolicies(
      ServiceResolverProto.LoadBalancer message, At at) {
    var policies = ImmutableList.<HashPolicy>builder();
    for (int i = 0; i < message.getHashPoliciesCount(); i++) {
      policies.add(hashPolicy(message.getHashPolicies(i), at.index(i)));
    }
    return policies.build();
  }

  private static HashPolicy hashPolicy(ServiceResolverProto.HashPolicy policy, At at) {
    boolean terminal = policy.getTerminal();
    String name = policy.getFieldValue();
    at.field("CookieConfig")
        .require(
            !policy.hasCookieConfig() || policy.getField().equals("cookie"),
            "a cookie's settings with the field " + Value.quoted(policy.getField()),
            "expected them with cookie only");
    if (policy.getSourceIp()) {
      at.field("Field")
          .require(
              policy.getField().isEmpty() && name.isEmpty(),
              "a field together with SourceIP",
              "expected one of them");
      return new HashPolicy.SourceIp(terminal);
    }
    At nameAt = at.field("FieldValue");
    return switch (policy.getField()) {
      case "header" -> new HashPolicy.Header(HttpChecks.header(nameAt, name), terminal);
      case "query_parameter" ->
          new HashPolicy.QueryParameter(HttpChecks.parameter(nameAt, name), terminal);
      case "cookie" -> cookie(policy, at);
      default ->
          throw at.field("Field")
              .refusal(
                  Value.quoted(policy.getField()),
                  "expected one of header, cookie, query_parameter, or SourceIP");
    };
  }

  private static HashPolicy cookie(ServiceResolverProto.HashPolicy policy, At at) {
    CookieConfig config = policy.getCookieConfig();
    At configAt = at.field("CookieConfig");
    configAt
        .field("TTL")
        .require(
            !config.getSession() || !config.hasTtl(),
            "a lifetime of a session cookie",
            "expected one of Session and TTL");
    Optional<Duration> ttl =
        config.getSession()
            ? Optional.of(Duration.ZERO)
            : configAt.field("TTL").positive(config.hasTtl(), config.getTtl());
    String path = config.getPath();
    if (!path.isEmpty()) {
      HttpChecks.cookiePath(configAt.field("Path"), path);
    }
    // RFC 6265: a cookie's name is a token, as a header's is.
    HttpChecks.token(at.field("FieldValue"), policy.getFieldValue(), "expected a cookie's name");
    return new HashPolicy.Cookie(policy.getFieldValue(), ttl, path, policy.getTerminal());
  }
}
