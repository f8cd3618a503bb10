package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Sets;
import io.convoy.policy.DocumentId;
import io.convoy.policy.HeaderModifier;
import io.convoy.policy.HttpRoute;
import io.convoy.policy.RequestMatch;
import io.convoy.policy.Retries;
import io.convoy.policy.ServiceRouter;
import io.convoy.policy.Timeouts;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes the routes of one {@code http-route}, or of one service's meta.
 *
 * <p>The {@code service-router} of a rule's only backend is applied behind the rule: what the rule
 * matches is matched again by the router, on the path after the rule's rewrite. Consul's own API
 * gateway leaves routers out (its {@code http-route} takes the router's place); here they would
 * have no other effect than to be ignored. With several backends they are left out, as Consul
 * leaves out those of the targets of a split: the backend is chosen after the route.
 */
final class RouteCompiler {
  private final DocumentId source;
  private final boolean meta;
  private final long createIndex;
  private final ChainDocuments documents;
  private final Problems problems = new Problems();
  private final DiscoveryChain chain;
  private final Map<Asked, ImmutableList<Share>> followed = new HashMap<>();
  private final Map<String, ClusterPlan> clusters = new TreeMap<>();
  private final ImmutableSetMultimap.Builder<String, DocumentId> namedBy =
      ImmutableSetMultimap.builder();
  private final ImmutableList.Builder<CompiledRoutes.Block> blocks = ImmutableList.builder();
  private int index;

  private record Asked(Target target, DocumentId namedBy) {}

  private RouteCompiler(
      String gateway, DocumentId source, boolean meta, long createIndex, ChainDocuments documents) {
    this.source = source;
    this.meta = meta;
    this.createIndex = createIndex;
    this.documents = documents;
    this.chain = new DiscoveryChain(gateway, documents, problems);
  }

  static CompiledRoutes compile(
      String gateway, Documents.AgedRoute aged, ChainDocuments documents) {
    HttpRoute route = aged.route();
    var compiler = new RouteCompiler(gateway, route.id(), false, aged.createIndex(), documents);
    for (int i = 0; i < route.rules().size(); i++) {
      compiler.rule(route.rules().get(i), i, route.id() + "/" + i);
    }
    return compiler.result(route.hostnames());
  }

  static CompiledRoutes compile(String gateway, MetaRoute route, ChainDocuments documents) {
    return compile(gateway, route.id(), route, documents);
  }

  /** {@code source}: who names the route's service. */
  static CompiledRoutes compile(
      String gateway, DocumentId source, MetaRoute route, ChainDocuments documents) {
    var compiler = new RouteCompiler(gateway, source, true, route.createIndex(), documents);
    var path = new RequestMatch.Path.Prefix(route.path(), false);
    compiler.rule(
        new HttpRoute.Rule(
            ImmutableList.of(
                new RequestMatch(path, ImmutableSet.of(), ImmutableList.of(), ImmutableList.of())),
            route.strip() ? Optional.of("/") : Optional.empty(),
            HeaderModifier.NONE,
            HeaderModifier.NONE,
            Timeouts.NONE,
            Retries.NONE,
            ImmutableList.of(
                new HttpRoute.Backend(
                    route.service(),
                    1,
                    Optional.empty(),
                    HeaderModifier.NONE,
                    HeaderModifier.NONE))),
        0,
        route.id().toString());
    return compiler.result(
        route.host().isEmpty() ? ImmutableList.of() : ImmutableList.of(route.host()));
  }

  private CompiledRoutes result(ImmutableList<String> hostnames) {
    return new CompiledRoutes(
        source,
        hostnames,
        blocks.build(),
        ImmutableSortedMap.copyOf(clusters),
        namedBy.build(),
        ImmutableSet.<DocumentId>builder().add(source).addAll(documents.answers().found()).build(),
        problems.build());
  }

  private void rule(HttpRoute.Rule rule, int place, String name) {
    ImmutableList<HttpRoute.Backend> backends =
        rule.backends().stream()
            .filter(backend -> backend.weight() > 0)
            .collect(ImmutableList.toImmutableList());
    Optional<ServiceRouter> router =
        backends.size() == 1 ? documents.router(backends.getFirst().service()) : Optional.empty();
    for (RequestMatch match : rule.matches()) {
      var routes = ImmutableList.<CompiledRoutes.Compiled>builder();
      for (PathRule paths : PathRule.of(match.path(), rewrite(rule, backends, name))) {
        router.ifPresent(
            found -> routed(rule, place, match, paths, backends.getFirst(), found, name, routes));
        routes.add(
            route(
                name,
                place,
                paths,
                match,
                new Way(
                    rule.timeouts(),
                    rule.retries(),
                    ImmutableList.of(rule.requestHeaders()),
                    ImmutableList.of(rule.responseHeaders())),
                shares(backends)));
      }
      blocks.add(
          new CompiledRoutes.Block(
              Rank.of(match, meta, createIndex, source, index++), routes.build()));
    }
  }

  /** Envoy rewrites before it chooses among several clusters. */
  private Optional<String> rewrite(
      HttpRoute.Rule rule, ImmutableList<HttpRoute.Backend> backends, String name) {
    if (backends.size() == 1) {
      return backends.getFirst().prefixRewrite().or(rule::prefixRewrite);
    }
    if (backends.stream().anyMatch(backend -> backend.prefixRewrite().isPresent())) {
      problems.add(
          source,
          "rule " + name + ": the URLRewrite of a service works where it is the rule's only one");
    }
    return rule.prefixRewrite();
  }

  /** The routes of the router behind a rule. */
  private void routed(
      HttpRoute.Rule rule,
      int place,
      RequestMatch match,
      PathRule paths,
      HttpRoute.Backend backend,
      ServiceRouter router,
      String name,
      ImmutableList.Builder<CompiledRoutes.Compiled> routes) {
    for (int i = 0; i < router.routes().size(); i++) {
      ServiceRouter.Route next = router.routes().get(i);
      ServiceRouter.Destination to = next.destination();
      Optional<RequestMatch> both = intersection(match, next.match());
      if (both.isEmpty()) {
        continue;
      }
      var way =
          new Way(
              new Timeouts(
                  rule.timeouts().request().or(to.timeouts()::request),
                  rule.timeouts().idle().or(to.timeouts()::idle)),
              rule.retries().equals(Retries.NONE) ? to.retries() : rule.retries(),
              ImmutableList.of(rule.requestHeaders(), to.requestHeaders()),
              ImmutableList.of(rule.responseHeaders(), to.responseHeaders()));
      String nextName = name + "," + router.id() + "/" + i;
      for (PathRule inner : PathRule.of(next.match().path(), to.prefixRewrite())) {
        switch (PathCombination.of(paths, inner)) {
          case PathCombination.Both combined ->
              routes.add(
                  route(
                      nextName,
                      place,
                      combined.rule(),
                      both.get(),
                      way,
                      shares(
                          new Asked(new Target(to.service(), to.subset()), router.id()),
                          Fraction.ONE,
                          backend)));
          case PathCombination.Never never -> {}
          case PathCombination.Inexpressible no ->
              problems.add(
                  router.id(),
                  "route %d behind %s is left out: Envoy cannot match %s"
                      .formatted(i, source, no.reason()));
        }
      }
    }
  }

  /** Both matches but for their paths; empty when no method meets both. */
  private static Optional<RequestMatch> intersection(RequestMatch outer, RequestMatch inner) {
    var methods =
        outer.methods().isEmpty()
            ? inner.methods()
            : inner.methods().isEmpty()
                ? outer.methods()
                : Sets.intersection(outer.methods(), inner.methods()).immutableCopy();
    if (methods.isEmpty() && !outer.methods().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new RequestMatch(
            outer.path(),
            methods,
            concat(outer.headers(), inner.headers()),
            concat(outer.query(), inner.query())));
  }

  private static <T> ImmutableList<T> concat(ImmutableList<T> first, ImmutableList<T> second) {
    return ImmutableList.<T>builder().addAll(first).addAll(second).build();
  }

  private ImmutableList<Share> shares(ImmutableList<HttpRoute.Backend> backends) {
    long sum = backends.stream().mapToLong(HttpRoute.Backend::weight).sum();
    var shares = ImmutableList.<Share>builder();
    for (HttpRoute.Backend backend : backends) {
      shares.addAll(
          shares(
              new Asked(new Target(backend.service(), ""), source),
              Fraction.of(backend.weight(), sum),
              backend));
    }
    return shares.build();
  }

  private ImmutableList<Share> shares(Asked asked, Fraction weight, HttpRoute.Backend backend) {
    var outer =
        DiscoveryChain.with(
            ImmutableList.of(), backend.requestHeaders(), backend.responseHeaders());
    var shares = ImmutableList.<Share>builder();
    ImmutableList<Share> inner = followed.get(asked);
    if (inner == null) {
      inner = chain.follow(asked.target, asked.namedBy);
      followed.put(asked, inner);
    }
    for (Share share : inner) {
      clusters.put(share.cluster().name(), share.cluster());
      namedBy.put(share.cluster().name(), share.namedBy());
      shares.add(
          new Share(
              share.cluster(),
              share.weight().times(weight),
              concat(outer, share.headers()),
              share.namedBy(),
              ImmutableSet.<String>builder()
                  .add(backend.service())
                  .addAll(share.services())
                  .build()));
    }
    return shares.build();
  }

  /** How a route goes, besides where it goes. */
  private record Way(
      Timeouts timeouts,
      Retries retries,
      List<HeaderModifier> requestHeaders,
      List<HeaderModifier> responseHeaders) {}

  /** Where nothing can take the requests they are answered with 503, by Envoy itself. */
  private static CompiledRoutes.Compiled route(
      String name,
      int place,
      PathRule paths,
      RequestMatch match,
      Way way,
      ImmutableList<Share> shares) {
    var route =
        Route.newBuilder()
            .setName(name)
            .setMatch(RouteMatches.of(paths, match))
            .addAllRequestHeadersToAdd(HeaderMutations.options(way.requestHeaders()))
            .addAllRequestHeadersToRemove(HeaderMutations.removed(way.requestHeaders()))
            .addAllResponseHeadersToAdd(HeaderMutations.options(way.responseHeaders()))
            .addAllResponseHeadersToRemove(HeaderMutations.removed(way.responseHeaders()));
    if (shares.isEmpty()) {
      route.setDirectResponse(DirectResponseAction.newBuilder().setStatus(503));
    } else {
      route.setRoute(RouteActions.of(shares, paths, way.timeouts(), way.retries()));
    }
    return new CompiledRoutes.Compiled(
        route.build(), sites(place, shares), way.timeouts(), way.retries());
  }

  private static ImmutableList<CompiledRoutes.Site> sites(int rule, ImmutableList<Share> shares) {
    return shares.isEmpty()
        ? ImmutableList.of(new CompiledRoutes.Site(rule, ImmutableSet.of(), ImmutableSet.of()))
        : shares.stream()
            .map(share ->
                new CompiledRoutes.Site(rule, share.services(), share.cluster().governed()))
            .collect(ImmutableList.toImmutableList());
  }
}
