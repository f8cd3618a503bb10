package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.config.v1.ServiceRouterProto;
import io.convoy.config.v1.ServiceRouterProto.ServiceRoute;
import io.convoy.config.v1.ServiceRouterProto.ServiceRouteDestination;
import io.convoy.config.v1.ServiceRouterProto.ServiceRouteHttpMatch;
import io.convoy.config.v1.ServiceRouterProto.ServiceRouteHttpMatch.HeaderMatch;
import io.convoy.config.v1.ServiceRouterProto.ServiceRouteHttpMatch.QueryMatch;
import io.convoy.policy.RequestMatch.Header;
import io.convoy.policy.RequestMatch.Path;
import io.convoy.policy.RequestMatch.Query;
import io.convoy.policy.ServiceRouter.Destination;
import io.convoy.policy.ServiceRouter.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code service-router}. */
final class ServiceRouterConverter {
  private ServiceRouterConverter() {}

  static Document convert(DocumentId id, ServiceRouterProto.ServiceRouter message, At at) {
    var routes = ImmutableList.<Route>builder();
    for (int i = 0; i < message.getRoutesCount(); i++) {
      routes.add(route(id, message.getRoutes(i), at.field("Routes").index(i)));
    }
    return new ServiceRouter(id, routes.build());
  }

  private static Route route(DocumentId id, ServiceRoute route, At at) {
    ServiceRouteHttpMatch match = route.getMatch().getHttp();
    Destination destination = destination(id, route.getDestination(), at.field("Destination"));
    at.field("Destination")
        .field("PrefixRewrite")
        .require(
            destination.prefixRewrite().isEmpty()
                || !match.getPathExact().isEmpty()
                || !match.getPathPrefix().isEmpty(),
            Value.quoted(route.getDestination().getPrefixRewrite()),
            "expected it together with PathExact or PathPrefix");
    return new Route(match(match, at.field("Match").field("HTTP")), destination);
  }

  private static RequestMatch match(ServiceRouteHttpMatch match, At at) {
    var methods = ImmutableSet.<String>builder();
    for (int i = 0; i < match.getMethodsCount(); i++) {
      methods.add(HttpChecks.method(at.field("Methods").index(i), match.getMethods(i)));
    }
    var headers = ImmutableList.<Header>builder();
    for (int i = 0; i < match.getHeaderCount(); i++) {
      headers.add(header(match.getHeader(i), at.field("Header").index(i)));
    }
    var query = ImmutableList.<Query>builder();
    for (int i = 0; i < match.getQueryParamCount(); i++) {
      query.add(query(match.getQueryParam(i), at.field("QueryParam").index(i)));
    }
    return new RequestMatch(path(match, at), methods.build(), headers.build(), query.build());
  }

  private static Path path(ServiceRouteHttpMatch match, At at) {
    boolean ignoreCase = match.getCaseInsensitive();
    List<Path> paths = new ArrayList<>();
    if (!match.getPathExact().isEmpty()) {
      paths.add(
          new Path.Exact(HttpChecks.path(at.field("PathExact"), match.getPathExact()), ignoreCase));
    }
    if (!match.getPathPrefix().isEmpty()) {
      paths.add(
          new Path.Prefix(
              HttpChecks.path(at.field("PathPrefix"), match.getPathPrefix()), ignoreCase));
    }
    if (!match.getPathRegex().isEmpty()) {
      paths.add(new Path.Regex(HttpChecks.regex(at.field("PathRegex"), match.getPathRegex())));
      if (ignoreCase) {
        at.field("CaseInsensitive").warn("has no effect on PathRegex: write (?i) into it");
      }
    }
    at.require(
        paths.size() <= 1,
        paths.size() + " paths",
        "expected at most one of PathExact, PathPrefix, PathRegex");
    return paths.isEmpty() ? new Path.Prefix("/", false) : paths.getFirst();
  }

  private static Header header(HeaderMatch match, At at) {
    List<RequestMatch.Value> values = new ArrayList<>();
    if (match.getPresent()) {
      values.add(new RequestMatch.Value.Present());
    }
    if (!match.getExact().isEmpty()) {
      String exact = HttpChecks.headerValue(at.field("Exact"), match.getExact());
      values.add(new RequestMatch.Value.Exact(exact, false));
    }
    if (!match.getPrefix().isEmpty()) {
      String prefix = HttpChecks.headerValue(at.field("Prefix"), match.getPrefix());
      values.add(new RequestMatch.Value.Prefix(prefix, false));
    }
    if (!match.getSuffix().isEmpty()) {
      String suffix = HttpChecks.headerValue(at.field("Suffix"), match.getSuffix());
      values.add(new RequestMatch.Value.Suffix(suffix, false));
    }
    if (!match.getRegex().isEmpty()) {
      String regex = HttpChecks.regex(at.field("Regex"), match.getRegex());
      values.add(new RequestMatch.Value.Regex(regex));
    }
    RequestMatch.Value value = one(values, at, "Present, Exact, Prefix, Suffix, Regex");
    return new Header(
        HttpChecks.header(at.field("Name"), match.getName()), value, match.getInvert());
  }

  private static Query query(QueryMatch match, At at) {
    List<RequestMatch.Value> values = new ArrayList<>();
    if (match.getPresent()) {
      values.add(new RequestMatch.Value.Present());
    }
    if (!match.getExact().isEmpty()) {
      String exact = HttpChecks.headerValue(at.field("Exact"), match.getExact());
      values.add(new RequestMatch.Value.Exact(exact, false));
    }
    if (!match.getRegex().isEmpty()) {
      String regex = HttpChecks.regex(at.field("Regex"), match.getRegex());
      values.add(new RequestMatch.Value.Regex(regex));
    }
    RequestMatch.Value value = one(values, at, "Present, Exact, Regex");
    return new Query(HttpChecks.parameter(at.field("Name"), match.getName()), value);
  }

  private static RequestMatch.Value one(List<RequestMatch.Value> values, At at, String choices) {
    at.require(
        values.size() == 1, values.size() + " of them", "expected exactly one of " + choices);
    return values.getFirst();
  }

  private static Destination destination(
      DocumentId id, ServiceRouteDestination destination, At at) {
    Optional<String> rewrite = Optionals.given(destination.getPrefixRewrite());
    rewrite.ifPresent(path -> HttpChecks.rewrite(at.field("PrefixRewrite"), path));
    return new Destination(
        at.field("Service").name(Optionals.or(destination.getService(), id.name())),
        destination.getServiceSubset(),
        rewrite,
        new Timeouts(
            at.field("RequestTimeout")
                .timeout(destination.hasRequestTimeout(), destination.getRequestTimeout()),
            at.field("IdleTimeout")
                .timeout(destination.hasIdleTimeout(), destination.getIdleTimeout())),
        HttpChecks.retries(
            at,
            destination.getNumRetries(),
            destination.getRetryOnList(),
            destination.getRetryOnConnectFailure(),
            destination.getRetryOnStatusCodesList()),
        HttpChecks.headers(at.field("RequestHeaders"), destination.getRequestHeaders()),
        HttpChecks.headers(at.field("ResponseHeaders"), destination.getResponseHeaders()));
  }
}
