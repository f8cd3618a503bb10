package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * Where a service's requests go by what they ask for: Consul's {@code service-router}. The first
 * route that matches wins; what none matches goes to the service itself.
 */
public record ServiceRouter(DocumentId id, ImmutableList<Route> routes) implements Document {

  public record Route(RequestMatch match, Destination destination) {}

  /**
   * Where a matched request goes, and how.
   *
   * @param service never empty: where the document leaves it out, the router's own
   * @param subset empty for the service's default one
   * @param prefixRewrite what the matched prefix (or the whole exact path) is replaced by
   */
  public record Destination(
      String service,
      String subset,
      Optional<String> prefixRewrite,
      Timeouts timeouts,
      Retries retries,
      HeaderModifier requestHeaders,
      HeaderModifier responseHeaders) {}
}
