package io.convoy.policy;

import com.google.common.collect.ImmutableSet;
import io.convoy.config.v1.SecurityPolicyProto;
import io.convoy.policy.Cors.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** {@code CORS} of a {@code security-policy}. */
final class CorsConverter {
  private static final String ALL = "*";
  private static final int MAX_ORIGIN = 512;

  private static final Pattern ORIGIN =
      Pattern.compile(
          "[a-z][a-z0-9+.-]*://([*][.])?(?:[a-z0-9_-]+(?:[.][a-z0-9_-]+)*|\\[[0-9a-f:.]+\\])"
              + "(:(?:[0-9]{1,5}|[*]))?");

  private CorsConverter() {}

  static Cors convert(SecurityPolicyProto.Cors message, At at) {
    var cors =
        new Cors(
            origins(message, at),
            names(message.getAllowMethodsList(), at.field("AllowMethods"), CorsConverter::method),
            names(message.getAllowHeadersList(), at.field("AllowHeaders"), HttpChecks::header),
            names(message.getExposeHeadersList(), at.field("ExposeHeaders"), HttpChecks::header),
            maxAge(message, at.field("MaxAge")),
            message.getAllowCredentials());
    if (cors.credentials()) {
      credentials(cors, at);
    }
    return cors;
  }

  private static ImmutableSet<Origin> origins(SecurityPolicyProto.Cors message, At at) {
    var origins = ImmutableSet.<Origin>builder();
    for (int i = 0; i < message.getAllowOriginsCount(); i++) {
      origins.add(origin(message.getAllowOrigins(i), at.field("AllowOrigins").index(i)));
    }
    for (int i = 0; i < message.getAllowOriginRegexCount(); i++) {
      origins.add(regex(message.getAllowOriginRegex(i), at.field("AllowOriginRegex").index(i)));
    }
    ImmutableSet<Origin> all = origins.build();
    at.field("AllowOrigins")
        .require(
            !all.isEmpty(), "nothing", "expected at least one origin, here or in AllowOriginRegex");
    return all;
  }

  private static Origin origin(String text, At at) {
    if (text.equals(ALL)) {
      return new Origin.Any();
    }
    String origin = text.toLowerCase(Locale.ROOT);
    var parts = ORIGIN.matcher(origin);
    at.require(
        origin.length() <= MAX_ORIGIN && parts.matches(),
        Value.quoted(text),
        "expected an origin such as https://shop.test or https://*.shop.test:8443, without a path,"
            + " or *");
    boolean standard =
        (origin.startsWith("https:") && origin.endsWith(":443"))
            || (origin.startsWith("http:") && origin.endsWith(":80"));
    if (standard) {
      at.warn("never matches: browsers leave a scheme's own port out");
    }
    return origin.contains(ALL) ? new Origin.Wildcard(origin) : new Origin.Exact(origin);
  }

  /** Envoy takes an expression that matches {@code *} for one that matches all origins. */
  private static Origin regex(String expression, At at) {
    HttpChecks.regex(at, expression);
    boolean all =
        Regex.compile(expression, problem -> at.refusal(Value.quoted(expression), problem))
            .matches(ALL);
    at.require(
        !all,
        Value.quoted(expression),
        "expected one that does not match \"*\", which stands for all origins");
    return new Origin.Regex(expression);
  }

  private static String method(At at, String method) {
    return method.equals(ALL) ? method : HttpChecks.method(at, method);
  }

  private static ImmutableSet<String> names(
      List<String> list, At at, BiFunction<At, String, String> check) {
    var names = ImmutableSet.<String>builder();
    for (int i = 0; i < list.size(); i++) {
      names.add(check.apply(at.index(i), list.get(i)));
    }
    return names.build();
  }

  private static Optional<Duration> maxAge(SecurityPolicyProto.Cors message, At at) {
    if (!message.hasMaxAge()) {
      return Optional.empty();
    }
    var age = Duration.ofSeconds(message.getMaxAge().getSeconds(), message.getMaxAge().getNanos());
    at.require(
        !age.isNegative() && age.equals(Duration.ofSeconds(age.toSeconds())),
        GoDuration.shown(age),
        "expected a duration of whole seconds, not below 0");
    return Optional.of(age);
  }

  /** The Fetch standard: with credentials, a browser takes {@code *} for a name like any other. */
  private static void credentials(Cors cors, At at) {
    at.field("AllowCredentials")
        .require(
            !cors.origins().contains(new Origin.Any()),
            "true together with the origin \"*\"",
            "expected origins: every page could act for the user");
    warn(cors.methods(), at.field("AllowMethods"));
    warn(cors.headers(), at.field("AllowHeaders"));
    warn(cors.exposed(), at.field("ExposeHeaders"));
  }

  private static void warn(ImmutableSet<String> names, At at) {
    if (names.contains(ALL)) {
      at.warn("\"*\" has no effect together with AllowCredentials: browsers take it for a name");
    }
  }
}
