package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.config.v1.HttpRouteProto;
import io.convoy.config.v1.HttpRouteProto.HttpRoute.Filters;
import io.convoy.config.v1.HttpRouteProto.HttpRoute.HeaderMatch;
import io.convoy.config.v1.HttpRouteProto.HttpRoute.Match;
import io.convoy.config.v1.HttpRouteProto.HttpRoute.PathMatch;
import io.convoy.config.v1.HttpRouteProto.HttpRoute.QueryMatch;
import io.convoy.config.v1.HttpRouteProto.HttpRoute.RetryFilter;
import io.convoy.config.v1.HttpRouteProto.HttpRoute.Service;
import io.convoy.config.v1.HttpRouteProto.HttpRoute.TimeoutFilter;
import io.convoy.config.v1.HttpRouteProto.HttpRoute.UrlRewrite;
import io.convoy.policy.HttpRoute.Backend;
import io.convoy.policy.HttpRoute.Parent;
import io.convoy.policy.HttpRoute.Rule;
import io.convoy.policy.RequestMatch.Header;
import io.convoy.policy.RequestMatch.Path;
import io.convoy.policy.RequestMatch.Query;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** {@code http-route}. */
final class HttpRouteConverter {
  private static final RequestMatch EVERYTHING =
      new RequestMatch(
          new Path.Prefix("/", false), ImmutableSet.of(), ImmutableList.of(), ImmutableList.of());

  private HttpRouteConverter() {}

  static Document convert(DocumentId id, HttpRouteProto.HttpRoute message, At at) {
    var rules = ImmutableList.<Rule>builder();
    for (int i = 0; i < message.getRulesCount(); i++) {
      rules.add(rule(message.getRules(i), at.field("Rules").index(i)));
    }
    return new HttpRoute(id, parents(message, at), hostnames(message, at), rules.build());
  }

  private static ImmutableList<Parent> parents(HttpRouteProto.HttpRoute message, At at) {
    Set<Parent> parents = new LinkedHashSet<>();
    for (int i = 0; i < message.getParentsCount(); i++) {
      HttpRouteProto.HttpRoute.Parent parent = message.getParents(i);
      At here = at.field("Parents").index(i);
      here.field("Kind")
          .require(
              parent.getKind().isEmpty() || parent.getKind().equals("api-gateway"),
              Value.quoted(parent.getKind()),
              "expected \"api-gateway\"");
      String name = here.field("Name").name(parent.getName());
      here.require(
          parents.add(new Parent(name, parent.getSectionName())),
          Value.quoted(name),
          "expected every parent once");
    }
    return ImmutableList.copyOf(parents);
  }

  private static ImmutableList<String> hostnames(HttpRouteProto.HttpRoute message, At at) {
    Set<String> hostnames = new LinkedHashSet<>();
    boolean every = false;
    for (int i = 0; i < message.getHostnamesCount(); i++) {
      String host = message.getHostnames(i);
      if (host.equals("*")) {
        every = true;
      } else {
        hostnames.add(HttpChecks.hostname(at.field("Hostnames").index(i), host));
      }
    }
    return every ? ImmutableList.of() : ImmutableList.copyOf(hostnames);
  }

  private static Rule rule(HttpRouteProto.HttpRoute.Rule rule, At at) {
    var matches = ImmutableList.<RequestMatch>builder();
    for (int i = 0; i < rule.getMatchesCount(); i++) {
      matches.add(match(rule.getMatches(i), at.field("Matches").index(i)));
    }
    var backends = ImmutableList.<Backend>builder();
    long weights = 0;
    for (int i = 0; i < rule.getServicesCount(); i++) {
      Backend backend = backend(rule.getServices(i), at.field("Services").index(i));
      weights += backend.weight();
      backends.add(backend);
    }
    at.field("Services")
        .require(
            weights <= 0xFFFF_FFFFL,
            "weights that sum to " + weights,
            "expected a sum of at most " + 0xFFFF_FFFFL);
    Filters filters = rule.getFilters();
    At filtersAt = at.field("Filters");
    return new Rule(
        rule.getMatchesCount() == 0 ? ImmutableList.of(EVERYTHING) : matches.build(),
        rewrite(filters.hasUrlRewrite(), filters.getUrlRewrite(), filtersAt),
        HttpChecks.headers(filtersAt.field("Headers"), filters.getHeadersList(), true),
        HttpChecks.headers(
            at.field("ResponseFilters").field("Headers"),
            rule.getResponseFilters().getHeadersList(),
            true),
        timeouts(filters.getTimeoutFilter(), filtersAt.field("TimeoutFilter")),
        retries(filters.getRetryFilter(), filtersAt.field("RetryFilter")),
        backends.build());
  }

  private static RequestMatch match(Match match, At at) {
    var headers = ImmutableList.<Header>builder();
    for (int i = 0; i < match.getHeadersCount(); i++) {
      headers.add(header(match.getHeaders(i), at.field("Headers").index(i)));
    }
    var query = ImmutableList.<Query>builder();
    for (int i = 0; i < match.getQueryCount(); i++) {
      query.add(query(match.getQuery(i), at.field("Query").index(i)));
    }
    return new RequestMatch(
        path(match.getPath(), at.field("Path")),
        match.getMethod().isEmpty()
            ? ImmutableSet.of()
            : ImmutableSet.of(HttpChecks.method(at.field("Method"), match.getMethod())),
        headers.build(),
        query.build());
  }

  private static Path path(PathMatch path, At at) {
    if (path.equals(PathMatch.getDefaultInstance())) {
      return new Path.Prefix("/", false);
    }
    return MatchForms.path(at, path.getMatch(), path.getValue());
  }

  private static Header header(HeaderMatch match, At at) {
    return new Header(
        HttpChecks.header(at.field("Name"), match.getName()),
        MatchForms.header(at, match.getMatch(), match.getValue()),
        false);
  }

  private static Query query(QueryMatch match, At at) {
    String name = HttpChecks.parameter(at.field("Name"), match.getName());
    String value = HttpChecks.headerValue(at.field("Value"), match.getValue());
    RequestMatch.Value matcher =
        switch (match.getMatch()) {
          case "exact" -> new RequestMatch.Value.Exact(value, false);
          case "regex" -> new RequestMatch.Value.Regex(HttpChecks.regex(at.field("Value"), value));
          case "present" -> MatchForms.present(at, value);
          default ->
              throw at.field("Match")
                  .refusal(Value.quoted(match.getMatch()), "expected one of exact, regex, present");
        };
    return new Query(name, matcher);
  }

  private static Optional<String> rewrite(boolean given, UrlRewrite rewrite, At at) {
    return given && !rewrite.getPath().isEmpty()
        ? Optional.of(HttpChecks.rewrite(at.field("URLRewrite").field("Path"), rewrite.getPath()))
        : Optional.empty();
  }

  private static Timeouts timeouts(TimeoutFilter filter, At at) {
    return new Timeouts(
        at.field("RequestTimeout").timeout(filter.hasRequestTimeout(), filter.getRequestTimeout()),
        at.field("IdleTimeout").timeout(filter.hasIdleTimeout(), filter.getIdleTimeout()));
  }

  private static Retries retries(RetryFilter filter, At at) {
    return HttpChecks.retries(
        at,
        filter.getNumRetries(),
        filter.getRetryOnList(),
        filter.getRetryOnConnectFailure(),
        filter.getRetryOnStatusCodesList());
  }

  private static Backend backend(Service service, At at) {
    HttpRouteProto.HttpRoute.ServiceFilters filters = service.getFilters();
    At filtersAt = at.field("Filters");
    return new Backend(
        at.field("Name").name(service.getName()),
        service.hasWeight() ? service.getWeight() : 1,
        rewrite(filters.hasUrlRewrite(), filters.getUrlRewrite(), filtersAt),
        HttpChecks.headers(filtersAt.field("Headers"), filters.getHeadersList(), true),
        HttpChecks.headers(
            at.field("ResponseFilters").field("Headers"),
            service.getResponseFilters().getHeadersList(),
            true));
  }
}
