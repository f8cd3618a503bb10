package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableRangeSet;
import com.google.common.collect.Maps;
import com.google.common.collect.Range;
import io.convoy.config.v1.RateLimitProto;
import io.convoy.policy.RateLimit.Limit;
import io.convoy.policy.RateLimit.Local;
import io.convoy.policy.RateLimit.Rule;
import io.convoy.policy.RateLimit.Selector;
import io.convoy.policy.RateLimit.Unit;
import java.util.List;
import java.util.Optional;

/** {@code RateLimit} of a {@code backend-traffic-policy}. */
final class RateLimitConverter {
  private static final int MAX_REQUESTS = 1_000_000_000;
  private static final int MAX_DISTINCT = 1_000_000;
  private static final int DEFAULT_DISTINCT = 10_000;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int MAX_BODY = 4096;

  private static final ImmutableMap<String, Unit> UNITS =
      ImmutableMap.of(
          "Second", Unit.SECOND, "Minute", Unit.MINUTE, "Hour", Unit.HOUR, "Day", Unit.DAY);

  /** The statuses of refusals that Envoy knows. */
  private static final ImmutableRangeSet<Integer> STATUSES =
      ImmutableRangeSet.<Integer>builder()
          .add(Range.closed(400, 417))
          .add(Range.closed(421, 424))
          .add(Range.singleton(426))
          .add(Range.closed(428, 429))
          .add(Range.singleton(431))
          .add(Range.closed(500, 508))
          .add(Range.closed(510, 511))
          .build();

  private static final ImmutableMap<String, String> CONTENT_TYPES =
      Maps.toMap(
          List.of("text/plain", "text/html", "application/json", "application/problem+json"),
          type -> type);

  private RateLimitConverter() {}

  static RateLimit convert(RateLimitProto.RateLimit message, At at) {
    At localAt = at.field("Local");
    localAt.require(message.hasLocal(), "nothing", "expected a mapping with Rules");
    return new RateLimit(local(message.getLocal(), localAt));
  }

  private static Local local(RateLimitProto.RateLimit.Local local, At at) {
    At rulesAt = at.field("Rules");
    rulesAt.require(local.getRulesCount() > 0, "nothing", "expected at least one rule");
    var rules = ImmutableList.<Rule>builder();
    for (int i = 0; i < local.getRulesCount(); i++) {
      rules.add(rule(local.getRules(i), rulesAt.index(i)));
    }
    At typeAt = at.field("ContentType");
    typeAt.require(
        local.getContentType().isEmpty() || !local.getBody().isEmpty(),
        Value.quoted(local.getContentType()),
        "expected it together with Body");
    return new Local(
        rules.build(),
        local.hasMaxDistinct()
            ? at.field("MaxDistinct").range(local.getMaxDistinct(), 1, MAX_DISTINCT)
            : DEFAULT_DISTINCT,
        local.hasStatus() ? status(at.field("Status"), local.getStatus()) : TOO_MANY_REQUESTS,
        Optionals.given(line(at.field("Body"), local.getBody())),
        Optionals.given(local.getContentType()).map(type -> typeAt.oneOf(CONTENT_TYPES, type)),
        !local.hasResponseHeaders() || local.getResponseHeaders());
  }

  private static int status(At at, int status) {
    at.require(
        STATUSES.contains(status),
        Integer.toString(status),
        "expected the status of an error that has a name, such as 429 or 503");
    return status;
  }

  /** Within Envoy the text travels in a header. */
  private static String line(At at, String text) {
    at.require(
        text.length() <= MAX_BODY && text.chars().noneMatch(Character::isISOControl),
        Value.quoted(text),
        "expected one line of at most " + MAX_BODY + " characters");
    return text;
  }

  private static Rule rule(RateLimitProto.RateLimit.Rule rule, At at) {
    var selectors = ImmutableList.<Selector>builder();
    for (int i = 0; i < rule.getSelectorsCount(); i++) {
      selectors.add(selector(rule.getSelectors(i), at.field("Selectors").index(i)));
    }
    At limitAt = at.field("Limit");
    limitAt.require(rule.hasLimit(), "nothing", "expected Requests and Unit");
    return new Rule(limit(rule.getLimit(), limitAt), selectors.build(), rule.getShadow());
  }

  private static Limit limit(RateLimitProto.RateLimit.Limit limit, At at) {
    int requests = at.field("Requests").range(limit.getRequests(), 1, MAX_REQUESTS);
    return new Limit(
        requests,
        at.field("Unit").oneOf(UNITS, limit.getUnit()),
        limit.hasBurst() ? at.field("Burst").range(limit.getBurst(), 1, MAX_REQUESTS) : requests);
  }

  private static Selector selector(RateLimitProto.RateLimit.Selector selector, At at) {
    int given = selector.getAllFields().size();
    at.require(
        given == 1,
        given + " of them",
        "expected exactly one of Header, Path, Method, ClientAddress, JWTClaim, JWTProvider");
    if (selector.hasHeader()) {
      return header(selector.getHeader(), at.field("Header"));
    }
    if (selector.hasPath()) {
      return new Selector.Path(
          MatchForms.path(
              at.field("Path"), selector.getPath().getMatch(), selector.getPath().getValue()));
    }
    if (selector.hasClientAddress()) {
      return clientAddress(selector.getClientAddress(), at.field("ClientAddress"));
    }
    if (selector.hasJwtClaim()) {
      return claim(selector.getJwtClaim(), at.field("JWTClaim"));
    }
    return selector.getMethod().isEmpty()
        ? new Selector.JwtProvider(at.field("JWTProvider").name(selector.getJwtProvider()))
        : new Selector.Method(HttpChecks.method(at.field("Method"), selector.getMethod()));
  }

  private static Selector header(RateLimitProto.RateLimit.Header header, At at) {
    String match =
        Optionals.or(header.getMatch(), header.getValue().isEmpty() ? "present" : "exact");
    return new Selector.Header(
        HttpChecks.header(at.field("Name"), header.getName()),
        MatchForms.header(at, match, header.getValue()),
        header.getDistinct());
  }

  private static Selector clientAddress(RateLimitProto.RateLimit.ClientAddress address, At at) {
    at.require(
        address.getDistinct() || !address.getCidr().isEmpty(),
        "nothing",
        "expected CIDR or Distinct");
    return new Selector.ClientAddress(
        Optionals.given(address.getCidr()).map(cidr -> range(at.field("CIDR"), cidr)),
        address.getDistinct());
  }

  private static AddressRange range(At at, String range) {
    return AddressRange.parse(range)
        .orElseThrow(
            () -> at.refusal(Value.quoted(range), "expected an address range such as 10.0.0.0/8"));
  }

  private static Selector claim(RateLimitProto.RateLimit.JwtClaim claim, At at) {
    at.require(
        claim.getName().isEmpty() != (claim.getPathCount() == 0),
        claim.getName().isEmpty() ? "neither" : "both",
        "expected one of Name and Path");
    List<String> path = claim.getPathCount() == 0 ? List.of(claim.getName()) : claim.getPathList();
    for (int i = 0; i < claim.getPathCount(); i++) {
      at.field("Path").index(i).require(!path.get(i).isEmpty(), "\"\"", "expected a claim's name");
    }
    Optional<String> value = Optionals.given(claim.getValue());
    return new Selector.JwtClaim(ImmutableList.copyOf(path), value, claim.getDistinct());
  }
}
