package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.config.v1.ServiceIntentionsProto;
import io.convoy.config.v1.ServiceIntentionsProto.IntentionHeader;
import io.convoy.config.v1.ServiceIntentionsProto.IntentionHttp;
import io.convoy.config.v1.ServiceIntentionsProto.IntentionJwt;
import io.convoy.config.v1.ServiceIntentionsProto.IntentionJwtClaim;
import io.convoy.config.v1.ServiceIntentionsProto.IntentionJwtProvider;
import io.convoy.config.v1.ServiceIntentionsProto.IntentionPermission;
import io.convoy.config.v1.ServiceIntentionsProto.SourceIntention;
import io.convoy.policy.ServiceIntentions.Action;
import io.convoy.policy.ServiceIntentions.Claim;
import io.convoy.policy.ServiceIntentions.Decision;
import io.convoy.policy.ServiceIntentions.Permission;
import io.convoy.policy.ServiceIntentions.Source;
import io.convoy.policy.ServiceIntentions.Token;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code service-intentions}. */
final class ServiceIntentionsConverter {
  private static final int MAX_VALUE = 8192;
  private static final ImmutableMap<String, Action> ACTIONS =
      ImmutableMap.of("allow", Action.ALLOW, "deny", Action.DENY);

  private ServiceIntentionsConverter() {}

  static Document convert(DocumentId id, ServiceIntentionsProto.ServiceIntentions message, At at) {
    boolean everywhere = wildcard(at.field("Name"), id.name());
    At sourcesAt = at.field("Sources");
    sourcesAt.require(message.getSourcesCount() > 0, "nothing", "expected at least one source");
    var sources = ImmutableList.<Source>builder();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < message.getSourcesCount(); i++) {
      Source source = source(message.getSources(i), everywhere, sourcesAt.index(i));
      sourcesAt
          .index(i)
          .field("Name")
          .require(
              names.add(source.name()), Value.quoted(source.name()), "expected every source once");
      sources.add(source);
    }
    return new ServiceIntentions(id, sources.build(), tokens(message.getJwt(), at.field("JWT")));
  }

  /** Whether the name stands for all services; it must not do so in part. */
  private static boolean wildcard(At at, String name) {
    at.name(name);
    boolean all = name.equals(ServiceIntentions.ANY);
    at.require(
        all || !name.contains(ServiceIntentions.ANY),
        Value.quoted(name),
        "expected the name of a service, or * for all of them");
    return all;
  }

  private static Source source(SourceIntention source, boolean everywhere, At at) {
    wildcard(at.field("Name"), source.getName());
    at.field("Type")
        .require(
            source.getType().isEmpty() || source.getType().equals("consul"),
            Value.quoted(source.getType()),
            "expected \"consul\", or nothing");
    if (source.getPermissionsCount() == 0) {
      return new Source(
          source.getName(),
          new Decision.Always(at.field("Action").oneOf(ACTIONS, source.getAction())));
    }
    at.field("Action")
        .require(
            source.getAction().isEmpty(),
            Value.quoted(source.getAction()),
            "expected either Action or Permissions");
    At permissionsAt = at.field("Permissions");
    permissionsAt.require(
        !everywhere,
        "permissions",
        "expected none for *: services that speak TCP have no requests");
    var permissions = ImmutableList.<Permission>builder();
    for (int i = 0; i < source.getPermissionsCount(); i++) {
      permissions.add(permission(source.getPermissions(i), permissionsAt.index(i)));
    }
    return new Source(source.getName(), new Decision.ByRequest(permissions.build()));
  }

  private static Permission permission(IntentionPermission permission, At at) {
    At httpAt = at.field("HTTP");
    IntentionHttp http = permission.getHttp();
    Permission result =
        new Permission(
            at.field("Action").oneOf(ACTIONS, permission.getAction()),
            path(http, httpAt),
            methods(http, httpAt.field("Methods")),
            headers(http, httpAt.field("Header")),
            tokens(permission.getJwt(), at.field("JWT")));
    httpAt.require(
        result.path().isPresent() || !result.methods().isEmpty() || !result.headers().isEmpty(),
        "nothing",
        "expected a path, methods or headers");
    return result;
  }

  private static Optional<RequestMatch.Path> path(IntentionHttp http, At at) {
    List<RequestMatch.Path> paths = new ArrayList<>();
    if (!http.getPathExact().isEmpty()) {
      String path = HttpChecks.path(at.field("PathExact"), http.getPathExact());
      paths.add(new RequestMatch.Path.Exact(path, false));
    }
    if (!http.getPathPrefix().isEmpty()) {
      String path = HttpChecks.path(at.field("PathPrefix"), http.getPathPrefix());
      paths.add(new RequestMatch.Path.Prefix(path, false));
    }
    if (!http.getPathRegex().isEmpty()) {
      paths.add(
          new RequestMatch.Path.Regex(
              HttpChecks.regex(at.field("PathRegex"), http.getPathRegex())));
    }
    at.require(
        paths.size() <= 1,
        paths.size() + " paths",
        "expected at most one of PathExact, PathPrefix, PathRegex");
    return paths.stream().findFirst();
  }

  private static ImmutableSet<String> methods(IntentionHttp http, At at) {
    Set<String> methods = new LinkedHashSet<>();
    for (int i = 0; i < http.getMethodsCount(); i++) {
      String method = HttpChecks.method(at.index(i), http.getMethods(i));
      at.index(i).require(methods.add(method), Value.quoted(method), "expected every method once");
    }
    return ImmutableSet.copyOf(methods);
  }

  private static ImmutableList<RequestMatch.Header> headers(IntentionHttp http, At at) {
    var headers = ImmutableList.<RequestMatch.Header>builder();
    for (int i = 0; i < http.getHeaderCount(); i++) {
      IntentionHeader header = http.getHeader(i);
      At here = at.index(i);
      headers.add(
          new RequestMatch.Header(
              HttpChecks.header(here.field("Name"), header.getName()),
              value(header, here),
              header.getInvert()));
    }
    return headers.build();
  }

  private static RequestMatch.Value value(IntentionHeader header, At at) {
    boolean ignoreCase = header.getIgnoreCase();
    List<RequestMatch.Value> values = new ArrayList<>();
    if (header.getPresent()) {
      values.add(new RequestMatch.Value.Present());
    }
    text(at.field("Exact"), header.getExact())
        .ifPresent(text -> values.add(new RequestMatch.Value.Exact(text, ignoreCase)));
    text(at.field("Prefix"), header.getPrefix())
        .ifPresent(text -> values.add(new RequestMatch.Value.Prefix(text, ignoreCase)));
    text(at.field("Suffix"), header.getSuffix())
        .ifPresent(text -> values.add(new RequestMatch.Value.Suffix(text, ignoreCase)));
    text(at.field("Contains"), header.getContains())
        .ifPresent(text -> values.add(new RequestMatch.Value.Contains(text, ignoreCase)));
    boolean fixed = !values.isEmpty() && !header.getPresent();
    if (!header.getRegex().isEmpty()) {
      values.add(
          new RequestMatch.Value.Regex(HttpChecks.regex(at.field("Regex"), header.getRegex())));
    }
    at.require(
        values.size() == 1,
        values.isEmpty() ? "nothing" : values.size() + " of them",
        "expected exactly one of Present, Exact, Prefix, Suffix, Contains, Regex");
    at.field("IgnoreCase")
        .require(
            !ignoreCase || fixed,
            "true",
            "expected it with Exact, Prefix, Suffix or Contains only");
    return values.getFirst();
  }

  private static Optional<String> text(At at, String value) {
    return value.isEmpty() ? Optional.empty() : Optional.of(HttpChecks.headerValue(at, value));
  }

  private static ImmutableList<Token> tokens(IntentionJwt jwt, At at) {
    var tokens = ImmutableList.<Token>builder();
    for (int i = 0; i < jwt.getProvidersCount(); i++) {
      IntentionJwtProvider provider = jwt.getProviders(i);
      At here = at.field("Providers").index(i);
      String name = here.field("Name").name(provider.getName());
      var claims = ImmutableList.<Claim>builder();
      for (int j = 0; j < provider.getVerifyClaimsCount(); j++) {
        claims.add(claim(provider.getVerifyClaims(j), here.field("VerifyClaims").index(j)));
      }
      tokens.add(new Token(name, claims.build()));
    }
    return tokens.build();
  }

  private static Claim claim(IntentionJwtClaim claim, At at) {
    At pathAt = at.field("Path");
    pathAt.require(claim.getPathCount() > 0, "nothing", "expected the name of a claim");
    for (int i = 0; i < claim.getPathCount(); i++) {
      String name = claim.getPath(i);
      pathAt
          .index(i)
          .require(
              !name.isEmpty() && name.length() <= 256,
              Value.quoted(name),
              "expected the name of a claim, of at most 256 characters");
    }
    at.field("Value")
        .require(
            claim.getValue().length() <= MAX_VALUE,
            claim.getValue().length() + " characters",
            "expected at most " + MAX_VALUE);
    return new Claim(ImmutableList.copyOf(claim.getPathList()), claim.getValue());
  }
}
