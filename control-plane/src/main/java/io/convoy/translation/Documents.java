package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.convoy.policy.ApiGateway;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.ClientTrafficPolicy;
import io.convoy.policy.Document;
import io.convoy.policy.DocumentId;
import io.convoy.policy.HttpRoute;
import io.convoy.policy.JwtProvider;
import io.convoy.policy.KeyServerAccess;
import io.convoy.policy.Policies;
import io.convoy.policy.ProxyDefaults;
import io.convoy.policy.RateLimit;
import io.convoy.policy.SecurityPolicy;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceIntentions;
import io.convoy.policy.ServiceResolver;
import io.convoy.policy.ServiceRouter;
import io.convoy.policy.ServiceSplitter;
import io.convoy.policy.TargetRef;
import io.convoy.policy.TerminatingGateway;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The documents in force, in the order of translation's questions. Immutable.
 *
 * @param clientPolicies the oldest first
 * @param securityPolicies the oldest first
 * @param trafficPolicies the oldest first
 * @param chains what decides about a service: the defaults of all and its own, its router, splitter
 *     and resolver
 * @param jwtProviders those that may be used
 * @param refusedProviders why the others may not
 * @param intentions by the service that they are about; of one that was refused and never good:
 *     nobody
 * @param terminating the oldest first
 * @param outside by service, how its instances without a sidecar are called
 * @param governed the services whose policies act at their own sidecars
 */
record Documents(
    ImmutableMap<DocumentId, Document> chains,
    ImmutableMap<String, ApiGateway> gateways,
    ImmutableList<AgedRoute> routes,
    ImmutableList<Aged<ClientTrafficPolicy>> clientPolicies,
    ImmutableMap<String, JwtProvider> jwtProviders,
    ImmutableMap<DocumentId, String> refusedProviders,
    ImmutableList<Aged<SecurityPolicy>> securityPolicies,
    ImmutableList<Aged<BackendTrafficPolicy>> trafficPolicies,
    Attachments<SecurityPolicy> security,
    Attachments<BackendTrafficPolicy> traffic,
    Attachments<Closed> closed,
    ImmutableMap<String, ServiceIntentions> intentions,
    ImmutableList<Aged<TerminatingGateway>> terminating,
    ImmutableMap<String, Outside> outside,
    ImmutableSet<String> governed) {
  static final Documents NONE = of(Policies.EMPTY, KeyServerAccess.PUBLIC, ImmutableSet.of());

  /** A refused policy that was never good: what it would guard is closed to everybody. */
  record Closed(DocumentId id, ImmutableList<TargetRef> targets) {}

  /** A policy and its age: the lower {@code createIndex} is the older. */
  record Aged<P>(P policy, long createIndex) {}

  /** A route and its age: the lower {@code createIndex} is the older. */
  record AgedRoute(HttpRoute route, long createIndex) {}

  /** {@code sidecars}: the services that have one beside each of their instances. */
  static Documents of(
      Policies policies, KeyServerAccess keyServers, ImmutableSet<String> sidecars) {
    var chains = ImmutableMap.<DocumentId, Document>builder();
    var gateways = ImmutableMap.<String, ApiGateway>builder();
    var routes = ImmutableList.<AgedRoute>builder();
    List<Aged<ClientTrafficPolicy>> clientPolicies = new ArrayList<>();
    var jwtProviders = ImmutableMap.<String, JwtProvider>builder();
    var refusedProviders = ImmutableMap.<DocumentId, String>builder();
    List<Aged<SecurityPolicy>> securityPolicies = new ArrayList<>();
    List<Aged<BackendTrafficPolicy>> trafficPolicies = new ArrayList<>();
    var closed = ImmutableList.<Aged<Closed>>builder();
    var intentions = ImmutableMap.<String, ServiceIntentions>builder();
    List<Aged<TerminatingGateway>> terminating = new ArrayList<>();
    List<Outside.Refused> refusedOutside = new ArrayList<>();
    for (Policies.Entry entry : policies.entries().values()) {
      Optional<Document> document = entry.document();
      if (entry.raw().id().kind().equals(TerminatingGateway.KIND)) {
        entry.closed().forEach(target -> refusedOutside.add(refused(entry.raw().id(), target)));
      } else if (!entry.closed().isEmpty()) {
        closed.add(new Aged<>(new Closed(entry.raw().id(), entry.closed()), 0));
      }
      if (document.isEmpty()) {
        if (entry.raw().id().kind().equals(ServiceIntentions.KIND)) {
          intentions.put(entry.raw().id().name(), ServiceIntentions.nobody(entry.raw().id()));
        }
        continue;
      }
      long created = entry.raw().createIndex();
      switch (document.get()) {
        case ProxyDefaults defaults -> chains.put(defaults.id(), defaults);
        case ServiceDefaults defaults -> chains.put(defaults.id(), defaults);
        case ServiceRouter router -> chains.put(router.id(), router);
        case ServiceSplitter splitter -> chains.put(splitter.id(), splitter);
        case ServiceResolver resolver -> chains.put(resolver.id(), resolver);
        case ServiceIntentions found -> intentions.put(found.id().name(), found);
        case TerminatingGateway gateway -> terminating.add(new Aged<>(gateway, created));
        case ApiGateway gateway -> gateways.put(gateway.id().name(), gateway);
        case HttpRoute route -> routes.add(new AgedRoute(route, created));
        case ClientTrafficPolicy policy -> clientPolicies.add(new Aged<>(policy, created));
        case JwtProvider provider ->
            keyServers
                .refusal(provider)
                .ifPresentOrElse(
                    words -> refusedProviders.put(provider.id(), words),
                    () -> jwtProviders.put(provider.id().name(), provider));
        case SecurityPolicy policy -> securityPolicies.add(new Aged<>(policy, created));
        case BackendTrafficPolicy policy -> trafficPolicies.add(new Aged<>(policy, created));
      }
    }
    ImmutableList<Aged<SecurityPolicy>> securityByAge = oldestFirst(securityPolicies);
    ImmutableList<Aged<BackendTrafficPolicy>> trafficByAge = oldestFirst(trafficPolicies);
    ImmutableList<Aged<TerminatingGateway>> terminatingByAge = oldestFirst(terminating);
    var security = Attachments.of(securityByAge, SecurityPolicy::targets);
    var traffic = Attachments.of(trafficByAge, BackendTrafficPolicy::targets);
    return new Documents(
        chains.buildOrThrow(),
        gateways.buildOrThrow(),
        routes.build(),
        oldestFirst(clientPolicies),
        jwtProviders.buildOrThrow(),
        refusedProviders.buildOrThrow(),
        securityByAge,
        trafficByAge,
        security,
        traffic,
        Attachments.of(closed.build(), Closed::targets),
        intentions.buildOrThrow(),
        terminatingByAge,
        Outside.of(terminatingByAge, refusedOutside),
        ImmutableSet.copyOf(
            Sets.filter(sidecars, service -> !ByAddress.judges(service, security, traffic))));
  }

  /**
   * The policies whose limits are all that differs in {@code next}, so that everything but the
   * content of their slots holds; empty where more differs.
   */
  Optional<ImmutableList<BackendTrafficPolicy>> differingInLimitsOnly(Documents next) {
    boolean same =
        trafficPolicies.size() == next.trafficPolicies.size()
            && chains.equals(next.chains)
            && gateways.equals(next.gateways)
            && routes.equals(next.routes)
            && clientPolicies.equals(next.clientPolicies)
            && jwtProviders.equals(next.jwtProviders)
            && refusedProviders.equals(next.refusedProviders)
            && securityPolicies.equals(next.securityPolicies)
            && closed.equals(next.closed)
            && intentions.equals(next.intentions)
            && terminating.equals(next.terminating)
            && outside.equals(next.outside)
            && governed.equals(next.governed);
    if (!same) {
      return Optional.empty();
    }
    var differing = ImmutableList.<BackendTrafficPolicy>builder();
    for (int i = 0; i < trafficPolicies.size(); i++) {
      Aged<BackendTrafficPolicy> before = trafficPolicies.get(i);
      Aged<BackendTrafficPolicy> after = next.trafficPolicies.get(i);
      if (!before.policy().equals(after.policy())) {
        if (before.createIndex() != after.createIndex()
            || !alikeButForLimits(before.policy(), after.policy())) {
          return Optional.empty();
        }
        differing.add(after.policy());
      }
    }
    return Optional.of(differing.build());
  }

  private static boolean alikeButForLimits(
      BackendTrafficPolicy before, BackendTrafficPolicy after) {
    return before.id().equals(after.id())
        && before.targets().equals(after.targets())
        && before.cluster().equals(after.cluster())
        && before.route().equals(after.route())
        && before.rateLimit().isPresent()
        && after.rateLimit().isPresent()
        && shape(before).equals(shape(after));
  }

  /** What decides which slots the limits of a policy sit in. */
  private static Object shape(BackendTrafficPolicy policy) {
    return policy.rateLimit().orElseThrow().local().rules().stream()
        .map(RateLimit.Rule::providers)
        .toList();
  }

  private static Outside.Refused refused(DocumentId id, TargetRef target) {
    if (target instanceof TargetRef.Service(String name)) {
      return new Outside.Refused(id, name);
    }
    throw new IllegalArgumentException(id + " is about services only");
  }

  /** Of the same age, the first by name: entries come in that order, and the sort keeps it. */
  private static <P> ImmutableList<Aged<P>> oldestFirst(List<Aged<P>> policies) {
    return ImmutableList.sortedCopyOf(Comparator.comparingLong(Aged::createIndex), policies);
  }
}
