package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.convoy.policy.ApiGateway;
import io.convoy.policy.ClientTrafficPolicy;
import io.convoy.policy.Document;
import io.convoy.policy.DocumentId;
import io.convoy.policy.HttpRoute;
import io.convoy.policy.Policies;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceResolver;
import io.convoy.policy.ServiceRouter;
import io.convoy.policy.ServiceSplitter;
import java.util.Optional;

/**
 * The documents in force, in the order of translation's questions. Immutable.
 *
 * @param chains what decides about a service: its defaults, router, splitter and resolver
 */
record Documents(
    ImmutableMap<DocumentId, Document> chains,
    ImmutableMap<String, ApiGateway> gateways,
    ImmutableList<AgedRoute> routes,
    ImmutableList<ClientTrafficPolicy> clientPolicies) {
  static final Documents NONE =
      new Documents(ImmutableMap.of(), ImmutableMap.of(), ImmutableList.of(), ImmutableList.of());

  /** A route and its age: the lower {@code createIndex} is the older. */
  record AgedRoute(HttpRoute route, long createIndex) {}

  static Documents of(Policies policies) {
    var chains = ImmutableMap.<DocumentId, Document>builder();
    var gateways = ImmutableMap.<String, ApiGateway>builder();
    var routes = ImmutableList.<AgedRoute>builder();
    var clientPolicies = ImmutableList.<ClientTrafficPolicy>builder();
    for (Policies.Entry entry : policies.entries().values()) {
      Optional<Document> document = entry.document();
      if (document.isEmpty()) {
        continue;
      }
      switch (document.get()) {
        case ServiceDefaults defaults -> chains.put(defaults.id(), defaults);
        case ServiceRouter router -> chains.put(router.id(), router);
        case ServiceSplitter splitter -> chains.put(splitter.id(), splitter);
        case ServiceResolver resolver -> chains.put(resolver.id(), resolver);
        case ApiGateway gateway -> gateways.put(gateway.id().name(), gateway);
        case HttpRoute route -> routes.add(new AgedRoute(route, entry.raw().createIndex()));
        case ClientTrafficPolicy policy -> clientPolicies.add(policy);
      }
    }
    return new Documents(
        chains.buildOrThrow(), gateways.buildOrThrow(), routes.build(), clientPolicies.build());
  }
}
