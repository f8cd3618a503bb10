package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * Which requests at a gateway go to which services: Consul's {@code http-route}.
 *
 * @param parents empty: every gateway that no {@code api-gateway} describes
 * @param hostnames exact or {@code *.suffix}; empty for every host
 */
public record HttpRoute(
    DocumentId id,
    ImmutableList<Parent> parents,
    ImmutableList<String> hostnames,
    ImmutableList<Rule> rules)
    implements Document {

  /** {@code section}: a listener's name, or empty for all of the gateway's listeners. */
  public record Parent(String gateway, String section) {}

  /**
   * One rule.
   *
   * @param matches a request that meets any of them; never empty (a rule without matches has the
   *     prefix {@code /})
   * @param prefixRewrite what the matched prefix (or the whole exact path) is replaced by
   * @param backends empty answers 503 to what matches
   */
  public record Rule(
      ImmutableList<RequestMatch> matches,
      Optional<String> prefixRewrite,
      HeaderModifier requestHeaders,
      HeaderModifier responseHeaders,
      Timeouts timeouts,
      Retries retries,
      ImmutableList<Backend> backends) {}

  /** {@code weight}: relative to the other backends of the rule; 0 takes no traffic. */
  public record Backend(
      String service,
      int weight,
      Optional<String> prefixRewrite,
      HeaderModifier requestHeaders,
      HeaderModifier responseHeaders) {}
}
