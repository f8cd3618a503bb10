package io.convoy.translation.http;

import com.github.xds.type.matcher.v3.Matcher;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.convoy.policy.JwtProvider;
import io.convoy.policy.Revocation;
import io.envoyproxy.envoy.config.rbac.v3.Action;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.matching.common_inputs.network.v3.DynamicMetadataInput;
import io.envoyproxy.envoy.extensions.matching.input_matchers.metadata.v3.Metadata;
import io.envoyproxy.envoy.type.matcher.v3.DoubleMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import io.envoyproxy.envoy.type.v3.DoubleRange;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Envoy's RBAC for all documents whose revocations apply together. What is revoked is looked up by
 * the claims' headers in one step, however many values there are.
 */
public final class RevocationFilter {
  private static final Action REVOKED = action("revoked", RBAC.Action.DENY);
  private static final Action NO_TOKEN = action("not one token", RBAC.Action.DENY);
  private static final Action GOOD = action("good", RBAC.Action.ALLOW);
  private static final Action ANOTHER = action("another policy", RBAC.Action.DENY);

  private RevocationFilter() {}

  /**
   * The filter.
   *
   * @param providers by name; no token is of one that is missing
   * @param tokens how many tokens a request may have at once
   * @param issuers where not empty: a request must have one verified token, of one of these
   */
  public static io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC filter(
      Guard guard,
      ImmutableList<Revocation> documents,
      ImmutableMap<String, JwtProvider> providers,
      int tokens,
      Set<String> issuers) {
    Set<String> ids = new LinkedHashSet<>();
    Set<String> subjects = new LinkedHashSet<>();
    Map<String, Instant> issuedBefore = new TreeMap<>();
    for (Revocation document : documents) {
      ids.addAll(document.ids());
      subjects.addAll(document.subjects());
      document
          .issuedBefore()
          .forEach((name, time) -> {
            JwtProvider provider = providers.get(name);
            if (provider != null) {
              issuedBefore.merge(
                  provider.issuer(), time, (one, other) -> one.isAfter(other) ? one : other);
            }
          });
    }
    Matcher.OnMatch next = match(GOOD);
    for (int token = tokens; token >= 1; token--) {
      next = notBefore(token, issuedBefore, issuers, next);
    }
    for (int token = tokens; token >= 1; token--) {
      next = noneOf(TokenClaims.subject(token), subjects, next);
      next = noneOf(TokenClaims.id(token), ids, next);
    }
    return io.envoyproxy
        .envoy
        .extensions
        .filters
        .http
        .rbac
        .v3
        .RBAC
        .newBuilder()
        .setMatcher(
            Matchers.exactHeader(guard.header())
                .put(guard.identity(), next)
                .orElse(ANOTHER)
                .build())
        .build();
  }

  private static Matcher.OnMatch noneOf(String header, Set<String> values, Matcher.OnMatch next) {
    if (values.isEmpty()) {
      return next;
    }
    var matcher = Matchers.exactHeader(header);
    values.forEach(value -> matcher.put(value, REVOKED));
    return Matcher.OnMatch.newBuilder()
        .setMatcher(matcher.build().toBuilder().setOnNoMatch(next))
        .build();
  }

  private static Matcher.OnMatch notBefore(
      int token, Map<String, Instant> issuedBefore, Set<String> issuers, Matcher.OnMatch next) {
    if (issuedBefore.isEmpty() && issuers.isEmpty()) {
      return next;
    }
    var byIssuer = Matchers.exactHeader(TokenClaims.issuer(token));
    issuers.forEach(issuer -> byIssuer.put(issuer, next));
    issuedBefore.forEach((issuer, time) -> byIssuer.put(issuer, notBefore(token, time, next)));
    return Matcher.OnMatch.newBuilder()
        .setMatcher(
            byIssuer.build().toBuilder().setOnNoMatch(issuers.isEmpty() ? next : match(NO_TOKEN)))
        .build();
  }

  /** A token that does not say when it was issued may have been issued before. */
  private static Matcher.OnMatch notBefore(int token, Instant time, Matcher.OnMatch next) {
    var input =
        DynamicMetadataInput.newBuilder()
            .setFilter(TokenClaims.METADATA)
            .addPath(segment(TokenClaims.payload(token)))
            .addPath(segment("iat"))
            .build();
    double seconds = time.getEpochSecond() + time.getNano() / 1e9;
    var since =
        DoubleMatcher.newBuilder()
            .setRange(DoubleRange.newBuilder().setStart(seconds).setEnd(Double.MAX_VALUE));
    var single =
        Matcher.MatcherList.Predicate.SinglePredicate.newBuilder()
            .setInput(Matchers.extension("iat", input))
            .setCustomMatch(
                Matchers.extension(
                    "since",
                    Metadata.newBuilder()
                        .setValue(ValueMatcher.newBuilder().setDoubleMatch(since))
                        .build()));
    var field =
        Matcher.MatcherList.FieldMatcher.newBuilder()
            .setPredicate(Matcher.MatcherList.Predicate.newBuilder().setSinglePredicate(single))
            .setOnMatch(next);
    return Matcher.OnMatch.newBuilder()
        .setMatcher(
            Matcher.newBuilder()
                .setMatcherList(Matcher.MatcherList.newBuilder().addMatchers(field))
                .setOnNoMatch(match(REVOKED)))
        .build();
  }

  private static DynamicMetadataInput.PathSegment segment(String key) {
    return DynamicMetadataInput.PathSegment.newBuilder().setKey(key).build();
  }

  private static Matcher.OnMatch match(Action action) {
    return Matcher.OnMatch.newBuilder()
        .setAction(Matchers.extension(action.getName(), action))
        .build();
  }

  private static Action action(String name, RBAC.Action action) {
    return Action.newBuilder().setName(name).setAction(action).build();
  }
}
